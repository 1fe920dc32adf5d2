/* Remembers the addresses that an import has stored, in a hash table. */
#include "digest/sources/import_seen_internal.h"

#include <string.h>

#include "digest/base/mem.h"

struct import_seen {
    struct seen_url {
        uint64_t key; /* 0: free */
        char *file;
    } * slots;
    size_t count, capacity; /* capacity: a power of two */
};

/* FNV-1a, never 0. */
static uint64_t key_of(int64_t source_id, const char *url)
{
    uint64_t value = 14695981039346656037u ^ (uint64_t)source_id;
    for (; *url; url++)
        value = (value ^ (unsigned char)*url) * 1099511628211u;
    return value ? value : 1;
}

static struct seen_url *find_slot(const struct import_seen *seen, uint64_t key)
{
    size_t at = (size_t)(key >> 7) & (seen->capacity - 1);
    while (seen->slots[at].key && seen->slots[at].key != key)
        at = (at + 1) & (seen->capacity - 1);
    return &seen->slots[at];
}

static void grow(struct import_seen *seen)
{
    struct import_seen old = *seen;
    seen->capacity = old.capacity ? old.capacity * 2 : 256;
    seen->slots = MEM_NEW_ARRAY(struct seen_url, seen->capacity);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].key)
            *find_slot(seen, old.slots[i].key) = old.slots[i];
    free(old.slots);
}

const char *import_seen_note(struct import_seen **seen, int64_t source_id,
                             const char *url, const char *file)
{
    if (!*seen)
        *seen = MEM_NEW(struct import_seen);
    if ((*seen)->count * 2 >= (*seen)->capacity)
        grow(*seen);
    uint64_t key = key_of(source_id, url);
    struct seen_url *slot = find_slot(*seen, key);
    if (slot->key)
        return slot->file;
    *slot = (struct seen_url){key, mem_copy(file)};
    (*seen)->count++;
    return NULL;
}

const char *import_seen_find(const struct import_seen *seen, int64_t source_id,
                             const char *url)
{
    if (!seen)
        return NULL;
    return find_slot(seen, key_of(source_id, url))->file;
}

void import_seen_free(struct import_seen *seen)
{
    if (!seen)
        return;
    for (size_t i = 0; i < seen->capacity; i++)
        free(seen->slots[i].file);
    free(seen->slots);
    free(seen);
}
