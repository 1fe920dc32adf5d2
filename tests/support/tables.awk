# Holds the map's table of tables (digest/README.md): each table has a room
# whose own it is, nobody else writes it, and who reads it is named there.
# Reads the map, the migrations, and the sources; prints each violation.
# usage: awk -f tests/support/tables.awk README.md MIGRATION.sql... SOURCE.c...

function room_of(path,    parts)
{
    split(path, parts, "/")
    return parts[2]
}

# The words of what stands in a source's string literals; those of one
# statement run on, and a bar parts what code stands between.
function literals(source,    out, rest, at)
{
    out = ""
    rest = source
    while (match(rest, /"([^"\\\n]|\\.)*"/)) {
        if (substr(rest, 1, RSTART - 1) !~ /^[ \t\n\\]*$/)
            out = out " | "
        out = out substr(rest, RSTART + 1, RLENGTH - 2)
        rest = substr(rest, RSTART + RLENGTH)
    }
    return out
}

function without_comments(source,    out, from, to)
{
    out = ""
    while ((from = index(source, "/*"))) {
        out = out substr(source, 1, from - 1) " "
        source = substr(source, from)
        to = index(source, "*/")
        source = to ? substr(source, to + 2) : ""
    }
    return out source
}

function complain(file, text)
{
    print file ": " text
    bad++
}

function look(file, source,    words, count, i, at, table, room, writes)
{
    count = split(literals(without_comments(source)), words, /[^A-Za-z0-9_|]+/)
    room = room_of(file)
    if (file ~ /_store\.c$/)
        looked[room] = 1
    for (i = 1; i < count; i++) {
        if (words[i] !~ /^(FROM|JOIN|INTO|UPDATE)$/)
            continue
        at = i + 1
        if (words[at] == "OR")
            at += 2
        table = words[at]
        if (!(table in made) || !(table in owner))
            continue
        writes = words[i] ~ /^(INTO|UPDATE)$/ || words[i - 1] == "DELETE"
        if (owner[table] == room) {
            used[room, table] = 1
        } else if (writes) {
            complain(file, room " may not write " table ", which is " \
                owner[table] "'s")
        } else if (!((room, table) in reads)) {
            complain(file, room " may not read " table ", which is " \
                owner[table] "'s")
        } else {
            used[room, table] = 1
        }
    }
}

FNR == 1 {
    if (source != "")
        look(file, source)
    source = ""
    file = FILENAME
}

# | room | its own tables | those of others that it reads |
FILENAME ~ /README\.md$/ {
    if ($0 ~ /^## /)
        here = $0 == "## Whose each table is"
    if (!here || $0 !~ /^\| [a-z]+ \|/ || $0 ~ /^\| room/)
        next
    split($0, cells, / *\| */)
    count = split(cells[3], names, " ")
    for (i = 1; i <= count; i++) {
        if (names[i] in owner)
            complain(FILENAME, names[i] " is of two rooms")
        owner[names[i]] = cells[2]
    }
    count = split(cells[4], names, " ")
    for (i = 1; i <= count; i++)
        reads[cells[2], names[i]] = 1
    next
}

FILENAME ~ /\.sql$/ {
    if (match($0, /^CREATE (VIRTUAL )?TABLE [a-z_]+/)) {
        name = substr($0, RSTART, RLENGTH)
        sub(/.* /, "", name)
        made[name] = 1
    } else if (match($0, /^DROP TABLE [a-z_]+/)) {
        name = substr($0, RSTART, RLENGTH)
        sub(/.* /, "", name)
        delete made[name]
    }
    next
}

FILENAME ~ /\.[ch]$/ { source = source $0 "\n" }

END {
    if (source != "")
        look(file, source)
    for (name in made)
        if (!(name in owner))
            complain("digest/README.md", name " is no room's own")
    for (name in owner)
        if (!(name in made))
            complain("digest/README.md", name ": no migration makes it")
    for (pair in reads) {
        split(pair, names, SUBSEP)
        if (!(pair in used) && (names[1] in looked))
            complain("digest/README.md", names[1] " doesn't read " names[2])
    }
    exit bad > 0
}
