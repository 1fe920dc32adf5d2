# Pictures are ours when they should be: of an article without an address of
# its own, the lead picture is fetched once, kept in the database, and served,
# whatever becomes of where it was.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder
start_smtp
cases=$root/tests/cases/pictures
mkdir "$work/site"
cp "$cases/one-row.jpg" "$work/site/wide.jpg"

# flag FILE COLOUR: a PNG of one colour.
flag()
{
    "$python" - "$1" "$2" <<'PY'
import struct, sys, zlib
width, height, colour = 800, 400, bytes.fromhex(sys.argv[2])
def chunk(name, data):
    return (struct.pack(">I", len(data)) + name + data +
            struct.pack(">I", zlib.crc32(name + data)))
open(sys.argv[1], "wb").write(
    b"\x89PNG\r\n\x1a\n" +
    chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
    chunk(b"IDAT", zlib.compress((b"\0" + colour * width) * height)) +
    chunk(b"IEND", b""))
PY
}
flag "$work/site/flag.png" 1a4f8b
cp "$cases/page.jpg" "$work/site/page.jpg"
"$python" "$here/picture_site.py" "$work/site" "$work/asked" \
    >"$work/site.port" &
pids+=($!)
until_true 20 test -s "$work/site.port"
site=http://127.0.0.1:$(cat "$work/site.port")

# configure MEDIA
configure()
{
    cat >digest.yaml <<YAML
transport: { url: "smtp://127.0.0.1:$smtp_port", tls: none }
site:
  name: Test Post
  base_url: https://news.example.org
  postal_address: 1 Quay Street, Harbour Town
fetch: { allow_private: true }
media: { fetch: $1 }
YAML
}
configure pasted

# page NAME IMAGE [ADDRESS]: a saved page, of an article that has that address
# or none.
page()
{
    cat >"$work/$1.html" <<HTML
<!DOCTYPE html><html><head><title>The $1 story</title>
<meta property="og:image" content="$2">
<meta property="article:published_time" content="$(date -u +%FT%TZ)">
${3:+<link rel="canonical" href="$3">}</head><body><article>
<h1>The $1 story</h1>
<p>What the harbour council has decided about the $1 is told in this text,
which is long enough to be one, and a sentence follows it.</p>
<p>The second paragraph of the $1 ends it.</p></article></body></html>
HTML
}

# id_of NAME: its article.
id_of()
{
    "$DIGEST" article list --json |
        "$python" -c 'import json, sys
print(next(a["id"] for a in json.load(sys.stdin) if a["title"] == sys.argv[1]))' \
            "The $1 story"
}

serve()
{
    port=$(free_port)
    "$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
    pids+=($!)
    until_true 20 answers "$port"
}

# get PATH WANTED-CODE [CURL-ARGUMENT...]: into $work/page and $work/headers.
get()
{
    local path=$1 wanted=$2 code
    shift 2
    : >"$work/page"
    code=$(curl -s -D "$work/headers" -o "$work/page" -w '%{http_code}' "$@" \
        "http://127.0.0.1:$port$path")
    [ "$code" = "$wanted" ] || fail "$path answered $code"
}

# ---- it comes in with the article, and each bad one has a clear word

page breakwater "$site/wide.jpg"
expect 0 "$DIGEST" article import --category World "$work/breakwater.html"
warns 'Took in 1 picture.'
page linked "$site/flag.png" https://www.example.org/linked
expect 0 "$DIGEST" article import --category World "$work/linked.html"
! grep -q flag "$work/asked" ||
    fail "the picture of an article with an address was fetched"

page gone "$site/gone.jpg"
page huge "$site/huge.jpg"
page paper "$site/page.jpg"
expect 0 "$DIGEST" article import --category Science "$work"/gone.html \
    "$work"/huge.html "$work"/paper.html
warns "picture of article $(id_of gone): $site/gone.jpg: "
warns '404'
warns "picture of article $(id_of huge): $site/huge.jpg: "
warns "picture of article $(id_of paper): $site/page.jpg: this is an HTML page, not a picture"
# They rest: nothing is asked for again at once, and what is here never.
cp "$work/asked" "$work/asked.before"
expect 0 "$DIGEST" source fetch
expect 0 "$DIGEST" run
cmp -s "$work/asked" "$work/asked.before" || fail "it was asked for again"
"$DIGEST" doctor >"$work/out" 2>"$work/err"
says 'ok       pictures  can be decoded'
says 'the pictures of 3 articles can'

# ---- the mail has it under our address; what isn't here, under its own

expect 0 "$DIGEST" newsletter edit weekly --section World:9 --section Science:9
expect 0 "$DIGEST" issue draft weekly
for lead in linked gone breakwater; do
    expect 0 "$DIGEST" issue edit weekly/1 --move "$(id_of $lead)" World:1
    expect 0 "$DIGEST" issue show weekly/1 --as html
    cp "$work/out" "$work/led-by-$lead"
done
grep -qF "src=\"$site/flag.png\"" "$work/led-by-linked" &&
    grep -qF "src=\"$site/gone.jpg\"" "$work/led-by-gone" ||
    fail "what isn't here has lost its own address"
name=$(grep -o 'https://news.example.org/i/[0-9a-f]*\.jpg' "$work/out" |
    head -n 1)
name=${name##*/}
[ ${#name} = 36 ] || fail "no picture of ours in the mail"
says_not "$site/wide.jpg"
expect 0 "$DIGEST" issue send weekly
grep -q "https://news.example.org/i/$name" "$work"/received/*.eml ||
    grep -q "$(echo "$name" | cut -c1-20)" "$work"/received/*.eml ||
    fail "the mail doesn't show it"

# ---- served with a year's time, in both sizes

serve
get "/i/$name" 200
grep -qi '^content-type: image/jpeg' "$work/headers" || fail "its type"
grep -qi '^cache-control: public, max-age=31536000, immutable' \
    "$work/headers" || fail "how long it may be kept"
cp "$work/page" "$work/large.jpg"
etag=$(sed -n 's/^etag: *//Ip' "$work/headers" | tr -d '\r')
get "/i/$name" 304 -H "If-None-Match: $etag"
[ ! -s "$work/page" ] || fail "a body with a 304"
get "/i/${name%.jpg}-600.jpg" 200
cp "$work/page" "$work/small.jpg"
[ "$(wc -c <"$work/small.jpg")" -lt "$(wc -c <"$work/large.jpg")" ] ||
    fail "the small one isn't smaller"
get "/i/$name" 200 -I
get "/i/$name" 405 -X POST -d x=y
get "/i/0123456789abcdef0123456789abcdef.jpg" 404
get "/i/${name%.jpg}.png" 404
get "/i/../digest.yaml" 404 --path-as-is
get "/i/%2e%2e%2fdigest.db" 404

# ---- its source goes away; the page and the files have it still

rm "$work/site/wide.jpg"
get /archive/weekly/1/the-breakwater-story/ 200
grep -q "src=\"../../../i/$name\" srcset=\"../../../i/${name%.jpg}-600.jpg 600w" \
    "$work/page" || fail "the story's page doesn't show it"
grep -q "property=\"og:image\" content=\"https://news.example.org/archive/i/$name\"" \
    "$work/page" || fail "og:image"
get "/archive/i/$name" 200
cmp -s "$work/page" "$work/large.jpg" || fail "it is another below the archive"
get /archive/weekly/1/ 200
grep -q "src=\"../../i/$name\"" "$work/page" ||
    fail "the issue's page doesn't show it"

expect 0 "$DIGEST" archive "$work/files"
cmp -s "$work/files/i/$name" "$work/large.jpg" &&
    cmp -s "$work/files/i/${name%.jpg}-600.jpg" "$work/small.jpg" ||
    fail "the files don't hold it"
: >"$work/files/i/mine.txt"
expect 0 "$DIGEST" archive "$work/files"
says '0 files are new'
breakwater=$(id_of breakwater)
expect 0 "$DIGEST" article withdraw "$breakwater" --note 'An error.'
expect 0 "$DIGEST" archive "$work/files"
[ "$(ls "$work/files/i")" = mine.txt ] ||
    fail "a withdrawn story's picture stays, or more than that went"
expect 0 "$DIGEST" article restore "$breakwater"
stop_last

# ---- a backup carries it

expect 0 "$DIGEST" backup "$work/backup.db"
mkdir "$work/other"
cp digest.yaml "$work/other/"
cd "$work/other" || exit 1
expect 0 "$DIGEST" restore "$work/backup.db"
serve
get "/i/$name" 200
cmp -s "$work/page" "$work/large.jpg" || fail "the backup has another"
stop_last
cd "$work/folder" || exit 1

# ---- all of them, or none

configure none
page harbour "$site/flag.png"
expect 0 "$DIGEST" article import --category World "$work/harbour.html"
expect 0 "$DIGEST" run
! grep -q flag "$work/asked" || fail "media.fetch: none, and it was fetched"
configure all
expect 0 "$DIGEST" run
[ "$(grep -c flag "$work/asked")" = 2 ] ||
    fail "media.fetch: all, and not both were fetched"
configure sometimes
expect 78 "$DIGEST" run
warns 'digest.yaml:7: media.fetch: has to be "pasted"'
configure all

# ---- the guards are those of feeds

sed -i 's/allow_private: true/allow_private: false/' digest.yaml
page guarded "$site/flag.png?guarded"
expect 0 "$DIGEST" article import --category World "$work/guarded.html"
warns "picture of article $(id_of guarded): $site/flag.png?guarded: "
! grep -q guarded "$work/asked" || fail "a private address was asked"

# ---- an editor's own: for good, or for one issue

sed -i 's/allow_private: false/allow_private: true/' digest.yaml
flag "$work/photo.jpg" 7a1f2b
flag "$work/other.png" 2b7a1f
id=$(id_of harbour)

# picture_of ID: the name of what is kept for an article.
picture_of()
{
    "$DIGEST" article show "$1" --json |
        "$python" -c 'import json, sys; print(json.load(sys.stdin)["picture"])'
}
fetched=$(picture_of "$id")
expect 0 "$DIGEST" article edit "$id" --image "$work/photo.jpg" \
    --image-alt 'The harbour at dawn'
own=$(picture_of "$id")
case $own in
"$fetched" | None) fail "the picture is $own" ;;
esac
# Its source brings its own again, and that changes nothing.
expect 0 "$DIGEST" article import --category World "$work/harbour.html"
expect 0 "$DIGEST" source fetch
[ "$(picture_of "$id")" = "$own" ] || fail "an import took the editor's picture"
for bad in svg.jpg bomb.png empty.jpg two-sizes.jpg; do
    expect 65 "$DIGEST" article edit "$id" --image "$cases/$bad"
    warns "$cases/$bad: th"
    [ "$(picture_of "$id")" = "$own" ] || fail "$bad took its place"
done
expect 66 "$DIGEST" article edit "$id" --image "$work/nothing.jpg"
expect 65 "$DIGEST" article edit "$id" --image "$site/page.jpg"
warns 'this is an HTML page, not a picture'

expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue edit weekly/2 --move "$id" World:1
expect 0 "$DIGEST" issue show weekly/2 --as html
says "src=\"https://news.example.org/i/$own\""
says 'alt="The harbour at dawn"'
expect 64 "$DIGEST" issue edit weekly/2 --image "$id" "$site/flag.png"
expect 65 "$DIGEST" issue edit weekly/2 --image "$id" "$cases/text.jpg"
expect 66 "$DIGEST" issue edit weekly/2 --image 4711 "$work/photo.jpg"
expect 0 "$DIGEST" issue edit weekly/2 --image "$id" "$work/other.png"
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue show weekly/2 --as html
grep -q 'src="https://news.example.org/i/' "$work/out" || fail "no picture"
says_not "$own"
[ "$(picture_of "$id")" = "$own" ] || fail "one issue's picture is the article's"
expect 0 "$DIGEST" issue edit weekly/2 --image "$id" ''
expect 0 "$DIGEST" issue show weekly/2 --as html
says "src=\"https://news.example.org/i/$own\""

expect 0 "$DIGEST" article edit "$id" --image ''
[ "$(picture_of "$id")" = None ] || fail "the picture stays"
expect 0 "$DIGEST" issue show weekly/2 --as html
says_not "https://news.example.org/i/$own"
expect 0 "$DIGEST" article edit "$id" --as-imported
expect 0 "$DIGEST" article import --category World "$work/harbour.html"
[ "$(picture_of "$id")" = "$fetched" ] || fail "its source's isn't back"

# ---- a draft waits for no picture: its own address is shown meanwhile

configure none
page slow "$site/never.jpg"
expect 0 "$DIGEST" article import --category World "$work/slow.html"
configure pasted
expect 0 "$DIGEST" run --explain
says 'pictures are fetched'
"$DIGEST" run &
fetching=$!
pids+=($fetching)
until_true 20 grep -q never "$work/asked"
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue edit weekly/2 --move "$(id_of slow)" World:1
expect 0 "$DIGEST" issue show weekly/2 --as html
kill -0 $fetching 2>/dev/null || fail "the draft came after the picture"
says "src=\"$site/never.jpg\""
stop_last
expect 0 "$DIGEST" issue edit weekly/2 --move "$id" World:1

# ---- where nobody serves it, its own address stays

sed -i '/base_url/d' digest.yaml
expect 0 "$DIGEST" issue show weekly/2 --as html
says "src=\"$site/flag.png"
expect 0 "$DIGEST" article edit "$id" --image "$work/photo.jpg"
warns 'names no site.base_url'
expect 0 "$DIGEST" issue show weekly/2 --as html
says_not "$own"

echo "Pictures are kept, shown and served."
