# Reads the console logger of 'dotnet test': shows progress, the failures in full and why tests were skipped, and leaves the counts in a file.
BEGIN { passed = 0; failed = 0; skipped = 0; mode = ""; name = ""; about = ""; interval = 100 }

function progress() {
  if (live) printf "\r\033[K%d passed, %d failed, %d skipped  %s", passed, failed, skipped, substr(name, 1, 50)
  else if ((passed + failed + skipped) % interval == 0) printf "%d passed, %d failed so far\n", passed, failed
  fflush()
}

function clear() { if (live) printf "\r\033[K" }

/^  (Passed|Failed|Skipped) / {
  mode = $1
  name = $0
  sub(/^  [A-Za-z]+ /, "", name)
  sub(/ \[[^\]]*\]$/, "", name)
  if (mode == "Passed") passed++
  else if (mode == "Failed") { failed++; clear(); print }
  else left_out[++skipped] = name
  progress()
  next
}

# The summary and the banner say nothing that is not said better here.
/^(Test Run |Total tests:|Test run for |VSTest version|Starting test execution|A total of|NUnit Adapter|Running all tests|Running selected|   NUnit3TestExecutor|Results File:| +(Passed|Failed|Skipped): | Total time: )/ {
  if ($0 ~ /Aborted/) { clear(); print }
  mode = ""
  next
}

mode == "Failed" { print; next }

# Why a test is skipped comes before the test's own line, from its name on.
/^[A-Za-z0-9]+_When[A-Za-z0-9_]+(\(.*\))?: / {
  colon = index($0, ": ")
  about = substr($0, 1, colon - 1)
  why[about] = substr($0, colon + 2)
  sub(/^ +/, "", why[about])
  mode = "Reason"
  next
}

mode == "Reason" && NF > 0 { sub(/^ +/, ""); why[about] = why[about] "; " $0; next }
mode == "Reason" { mode = ""; next }
mode != "Skipped" && NF > 0 { clear(); print }

END {
  clear()
  for (i = 1; i <= skipped; i++) print "skipped " left_out[i] ": " (left_out[i] in why ? why[left_out[i]] : "no reason given")
  print passed, failed > results
}
