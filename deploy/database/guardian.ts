/**
 * A shell script that runs the postmaster and asks it for a fast shutdown (SIGINT) as soon as our end
 * of its standard input is closed: by stop(), or by the kernel when the plant is killed. It is passed
 * as text because the account it runs as may not be able to read this repository.
 */
export const guardian = `
exec 3<&0
"$@" </dev/null 3<&- &
postmaster=$!
( read -r _ <&3; kill -INT "$postmaster" ) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$postmaster"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;
