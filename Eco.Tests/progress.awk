# Reads the console logger of 'dotnet test': shows progress, the failures in full and why tests were skipped, and leaves the counts in a file.
BEGIN { passed = 0; failed = 0; skipped = 0; mode = ""; interval = 100 }

function progress() {
  if (live) printf "\r\033[K%d passed, %d failed, %d skipped  %s", passed, failed, skipped, substr(name, 1, 60)
  else if ((passed + failed + skipped) % interval == 0) printf "%d passed, %d failed so far\n", passed, failed
  fflush()
}

function clear() { if (live) printf "\r\033[K" }

/^  (Passed|Failed|Skipped) / {
  mode = $1
  name = $2
  if (mode == "Passed") passed++
  else if (mode == "Failed") { failed++; clear(); print }
  else { skipped++; reasons[skipped] = name; sub(/^  Skipped /, "", reasons[skipped]) }
  progress()
  next
}

# The summary and the banner say nothing that is not said better here.
/^(Test Run |Total tests:|Test run for |VSTest version|Starting test execution|A total of|NUnit Adapter|Running all tests|Running selected|NUnit3TestExecutor|Results File:|     (Passed|Failed|Skipped): | Total time: )/ {
  if ($0 ~ /Aborted/) { clear(); print }
  mode = ""
  next
}

mode == "Failed" { print; next }
mode == "Skipped" && NF > 0 && !/^  Standard Output/ && !/^  Error Message:/ { sub(/^ +/, ""); why[skipped] = why[skipped] " " $0; next }
mode == "" && NF > 0 { clear(); print }

END {
  clear()
  for (i = 1; i <= skipped; i++) print "skipped " reasons[i] ":" (why[i] == "" ? " no reason given" : why[i])
  print passed, failed > results
}
