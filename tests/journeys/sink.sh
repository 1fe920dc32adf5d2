# Many messages over several connections to postfix's smtp-sink, with and
# without PIPELINING; the sink counts what it got.
. "$(dirname "$0")/../support/lib.sh"

for mode in '' -p; do
    # -p: the sink does not offer PIPELINING.
    start_sink -c $mode
    make_folder "folder$mode" \
        "transport: { url: 'smtp://127.0.0.1:$sink_port', tls: none, connections: 8, messages_per_connection: 50 }"
    "$python" -c 'print("email,name")
for i in range(500): print("reader%d@example.org,Reader %d" % (i, i))' >many.csv
    expect 0 "$DIGEST" subscriber import many.csv --newsletter weekly
    says 'Added 500 subscribers'
    expect 0 "$DIGEST" issue draft weekly
    expect 0 "$DIGEST" issue send weekly
    says 'Sent weekly/1 to 503 of 503'
    expect 0 "$DIGEST" --json issue status weekly/1
    [ "$(json "$work/out" 'j["sent"], j["state"]')" = "(503, 'sent')" ] ||
        fail "the ledger disagrees"
done

# null: takes everything and sends nothing.
make_folder null 'transport: { url: "null:" }'
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
says 'Sent weekly/1 to 3 of 3'
