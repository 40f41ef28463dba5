# Reads the detailed console loggers of the runs of 'dotnet test' that ./eco test starts, each line behind the run's name and a tab. Shows progress, the
# last lines that a test printed, and each failure in full when it happens. At the end come what was skipped and why, and all failures once more,
# shortened: who sees only the end of a log sees them. Leaves "passed failed" in a file; a run that broke down without a failed test counts as failed.
BEGIN {
  FS = "\t"
  interval = 100        # tests between two lines of progress where no terminal shows it all the time
  most_output = 20      # lines that are shown of what a test that passed has printed: the last ones, where its figures are
  most_failures = 20    # that are repeated at the end
  most_message = 20     # lines of each one's message
  most_stack = 8        # lines of each one's stack trace
}

function say(text) {
  if (live) printf "\r\033[K"
  print text
}

function progress(name) {
  if (live) printf "\r\033[K%d passed, %d failed, %d skipped  %s", passed, failed, skipped, substr(name, 1, 50)
  else if ((passed + failed + skipped) % interval == 0) printf "%d passed, %d failed so far\n", passed, failed
  fflush()
}

# What a test that passed has printed, behind its name.
function show_output(  i, first) {
  if (printed[run] == 0) return
  first = printed[run] > most_output ? printed[run] - most_output + 1 : 1
  if (printed[run] == 1) say(name[run] ": " output[run, 1])
  else {
    say(name[run] ":" (first > 1 ? " (the last " most_output " of " printed[run] " lines)" : ""))
    for (i = first; i <= printed[run]; i++) say("  " output[run, i % most_output])
  }
  printed[run] = 0
}

function begin_failure(title) {
  say(title)
  failure[run] = ++failures
  room[run] = most_message
  if (failures <= most_failures) summary[failures] = title
}

# For the end. Behind the message, whatever its length, there is room for the first lines of the stack trace.
function summarize(text) {
  if (text !~ /[^ ]/ || room[run] < 0 || failure[run] > most_failures) return
  summary[failure[run]] = summary[failure[run]] "\n    " (room[run]-- > 0 ? text : "...")
}

# A block begins: a test, or what is said outside of the tests.
function begin(kind) {
  show_output()
  block[run] = kind
  part[run] = ""
}

{
  run = $1
  line = substr($0, length(run) + 2)
}

line ~ /^  (Passed|Failed|Skipped) / {
  split(line, words, " ")
  begin(words[1])
  name[run] = line
  sub(/^  [A-Za-z]+ /, "", name[run])
  sub(/ \[[^\]]*\]$/, "", name[run])
  if (words[1] == "Passed") passed++
  else if (words[1] == "Failed") { failed++; failed_of[run]++; begin_failure(line) }
  else left_out[++skipped] = name[run]
  progress(name[run])
  next
}

line ~ /^:ended [0-9]+$/ {
  begin("")
  code = substr(line, 8) + 0
  if (code != 0 && failed_of[run] == 0) {
    broken = 1
    if (!(run in failure)) begin_failure("  The run '" run "' ended with exit code " code ", and no test of it failed")
  }
  next
}

# The runner itself, or what a fixture does before or after its tests, broke down.
line ~ /^(The active test run was aborted|((OneTime)?(Set[Uu]p|TearDown)) failed for )/ {
  begin("Broken")
  begin_failure("  " line)
  next
}

# The summary and the banner say nothing that is not said better here.
line ~ /^(Test Run |Total tests:|Test run for |VSTest version|Starting test execution|A total of|NUnit Adapter|Running all tests|Running selected|   NUnit3TestExecutor|\/.*\/Eco\.Tests\.dll$|Results File:|No test matches the given| +(Passed|Failed|Skipped): | Total time: )/ {
  begin("")
  next
}

line ~ /^  (Error Message|Stack Trace|Standard (Output|Error) Messages):$/ && block[run] ~ /^(Passed|Failed|Skipped)$/ {
  part[run] = substr(line, 3, 5)
  if (part[run] == "Stack") room[run] = most_stack
  if (block[run] == "Failed") say(line)
  next
}

block[run] == "Passed" && part[run] == "Stand" {
  if (line ~ /[^ ]/) output[run, ++printed[run] % most_output] = substr(line, 2)
  next
}

# The adapter gives a stack trace twice, the second time behind a number; what calls the test says nothing of it; what it printed stands above already.
block[run] == "Failed" {
  say(line)
  if (line ~ /^[0-9]+\) /) part[run] = ""
  if (part[run] == "Error" || (part[run] == "Stack" && line ~ /^ +at / && line !~ /^ +at (NUnit|System\.Reflection|System\.Runtime\.CompilerServices)\./)) summarize(line)
  next
}

block[run] == "Skipped" {
  if (part[run] == "Error" && line ~ /[^ ]/) {
    sub(/^ +/, "", line)
    if (name[run] in why) line = why[name[run]] "; " line
    why[name[run]] = line
  }
  next
}

block[run] == "Broken" { say(line); summarize(line); next }

line ~ /[^ ]/ { say(line) }

END {
  if (live) printf "\r\033[K"
  for (i = 1; i <= skipped; i++) print "skipped " left_out[i] ": " (left_out[i] in why ? why[left_out[i]] : "no reason given")
  if (failures > 0) print "\nWhat failed, once more:"
  for (i = 1; i <= failures && i <= most_failures; i++) print summary[i]
  if (failures > most_failures) printf "  and %d more\n", failures - most_failures
  print passed + 0, (failed == 0 && broken ? 1 : failed + 0) > results
}
