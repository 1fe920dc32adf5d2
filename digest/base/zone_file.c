/* Parses TZif files, finds the offset at a moment, and keeps what was read. */
#include "digest/base/zone_file_internal.h"

#include <pthread.h>
#include <stdlib.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

enum { MAX_BYTES = 1 << 20, HEADER = 44, OLD_TIME = 4, NEW_TIME = 8 };

struct zone_file {
    int64_t *times;   /* of the changes, rising */
    int64_t *offsets; /* from each change on */
    size_t count;
    int64_t first; /* the offset before the first change */
    bool has_rule; /* for what comes behind the last */
    struct zone_rule rule;
};

/* ---- reading --------------------------------------------------------- */

static int64_t big_endian(const char *bytes, size_t length)
{
    uint64_t value = (unsigned char)bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < length; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return (int64_t)value;
}

/* The counts in a block's header, in its order. */
struct counts {
    size_t is_ut, is_standard, leaps, times, types, letters;
};

static bool read_header(struct str bytes, struct counts *out)
{
    if (bytes.len < HEADER || !str_starts(bytes, STR("TZif")))
        return false;
    size_t *const fields[] = {&out->is_ut, &out->is_standard, &out->leaps,
                              &out->times, &out->types,       &out->letters};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        int64_t value = big_endian(bytes.ptr + 20 + 4 * i, 4);
        if (value < 0 || value > MAX_BYTES)
            return false;
        *fields[i] = (size_t)value;
    }
    return out->types > 0;
}

static size_t block_size(const struct counts *c, size_t time_size)
{
    return c->times * (time_size + 1) + c->types * 6 + c->letters +
           c->leaps * (time_size + 4) + c->is_standard + c->is_ut;
}

static bool read_block(const char *at, const struct counts *c,
                       struct zone_file *out)
{
    const char *index = at + c->times * NEW_TIME;
    const char *types = index + c->times;
    out->times = MEM_NEW_ARRAY(int64_t, c->times + 1);
    out->offsets = MEM_NEW_ARRAY(int64_t, c->times + 1);
    out->count = c->times;
    out->first = big_endian(types, 4);
    for (size_t i = 0; i < c->times; i++) {
        size_t type = (unsigned char)index[i];
        if (type >= c->types)
            return false;
        out->times[i] = big_endian(at + i * NEW_TIME, NEW_TIME);
        out->offsets[i] = big_endian(types + type * 6, 4);
        if (i && out->times[i] <= out->times[i - 1])
            return false;
    }
    return true;
}

/* The rule stands between two newlines at the end. */
static bool read_rule(struct str rest, struct zone_file *out)
{
    struct str line;
    if (!rest.len || rest.ptr[0] != '\n')
        return false;
    rest = str_from(rest, 1);
    if (!str_next_line(&rest, &line) || !line.len)
        return true;
    out->has_rule = zone_rule_parse(line, &out->rule);
    return out->has_rule;
}

/* The first block has 32-bit times, and is passed over. */
static bool parse(struct str bytes, struct zone_file *out)
{
    struct counts counts;
    if (!read_header(bytes, &counts) || bytes.ptr[4] < '2')
        return false;
    size_t skip = HEADER + block_size(&counts, OLD_TIME);
    if (skip > bytes.len)
        return false;
    bytes = str_from(bytes, skip);
    if (!read_header(bytes, &counts))
        return false;
    size_t size = block_size(&counts, NEW_TIME);
    return bytes.len - HEADER >= size &&
           read_block(bytes.ptr + HEADER, &counts, out) &&
           read_rule(str_from(bytes, HEADER + size), out);
}

struct zone_file *zone_file_parse(struct str bytes)
{
    struct zone_file *zone = MEM_NEW(struct zone_file);
    if (parse(bytes, zone))
        return zone;
    zone_file_free(zone);
    return NULL;
}

void zone_file_free(struct zone_file *zone)
{
    if (!zone)
        return;
    free(zone->times);
    free(zone->offsets);
    free(zone);
}

/* ---- asking ---------------------------------------------------------- */

int64_t zone_file_offset(const struct zone_file *zone, int64_t at)
{
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (zone->has_rule && low == zone->count)
        return zone_rule_offset(&zone->rule, at);
    return low ? zone->offsets[low - 1] : zone->first;
}

/* ---- those in use ---------------------------------------------------- */

struct known {
    char *name;
    struct zone_file *zone; /* NULL: there is none */
};
static struct known *known;
static size_t known_count, known_capacity;
static pthread_mutex_t known_lock = PTHREAD_MUTEX_INITIALIZER;

/* "Europe/Berlin", never a way out of the folder. */
static bool is_name(const char *name)
{
    size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
                                 "rstuvwxyz0123456789_+-/");
    return length > 0 && length < 64 && !name[length] && name[0] != '/' &&
           name[0] != '+' && name[0] != '-';
}

static struct zone_file *load(const char *name)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    const char *folder = getenv("TZDIR");
    struct err ignored;
    if (!is_name(name))
        return NULL;
    OWNED(mem_free)
    char *path = mem_format(
        "%s/%s", folder && *folder ? folder : "/usr/share/zoneinfo", name);
    if (!file_read(path, MAX_BYTES, &bytes, &ignored))
        return NULL;
    return zone_file_parse(strbuf_str(&bytes));
}

static const struct zone_file *find(const char *name)
{
    for (size_t i = 0; i < known_count; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].zone;
    struct known item = {mem_copy(name), load(name)};
    if (!item.zone) {
        free(item.name);
        return NULL;
    }
    MEM_PUSH(known, known_count, known_capacity, item);
    return item.zone;
}

const struct zone_file *zone_file_get(const char *name)
{
    pthread_mutex_lock(&known_lock);
    const struct zone_file *zone = find(name);
    pthread_mutex_unlock(&known_lock);
    return zone;
}
