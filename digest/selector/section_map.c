/* Maps categories to the sections that list them. */
#include "digest/selector/section_map_internal.h"

#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"

struct section_map_entry {
    const char *slug; /* NULL: free */
    uint64_t *set;
};

static size_t hash(const char *slug)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (; *slug; slug++)
        hash = (hash ^ (unsigned char)*slug) * 0x100000001b3;
    return (size_t)(hash ^ hash >> 29);
}

/* The entry of a slug, or the free one where it would stand. */
static struct section_map_entry *find(const struct section_map *map,
                                      const char *slug)
{
    size_t at = hash(slug) & map->mask;
    while (map->entries[at].slug && strcmp(map->entries[at].slug, slug) != 0)
        at = (at + 1) & map->mask;
    return &map->entries[at];
}

static void add(struct section_map *map, const char *slug, size_t section)
{
    struct section_map_entry *entry = find(map, slug);
    if (!entry->slug) {
        entry->slug = slug;
        entry->set = MEM_NEW_ARRAY(uint64_t, map->words);
    }
    entry->set[section / 64] |= UINT64_C(1) << section % 64;
}

void section_map_begin(struct section_map *map,
                       const struct selector_section *sections, size_t count)
{
    size_t slugs = 0, size = 16;
    for (size_t i = 0; i < count; i++)
        slugs += sections[i].slug_count;
    while (size < 3 * slugs)
        size *= 2;
    map->words = count / 64 + 1;
    map->rest = MEM_NEW_ARRAY(uint64_t, map->words);
    map->entries = MEM_NEW_ARRAY(struct section_map_entry, size);
    map->mask = size - 1;
    for (size_t i = 0; i < count; i++) {
        if (sections[i].rest)
            map->rest[i / 64] |= UINT64_C(1) << i % 64;
        for (size_t j = 0; j < sections[i].slug_count; j++)
            add(map, sections[i].slugs[j], i);
    }
}

void section_map_free(struct section_map *map)
{
    for (size_t i = 0; map->entries && i <= map->mask; i++)
        free(map->entries[i].set);
    free(map->entries);
    free(map->rest);
}

void section_map_look_up(const struct section_map *map, const struct article *a,
                         uint64_t *set)
{
    for (size_t w = 0; w < map->words; w++)
        set[w] |= map->rest[w];
    for (size_t i = 0; i < a->category_count; i++) {
        const struct section_map_entry *entry =
            find(map, a->categories[i].slug);
        for (size_t w = 0; entry->slug && w < map->words; w++)
            set[w] |= entry->set[w];
    }
}

size_t section_map_next(const struct section_map *map, const uint64_t *set,
                        size_t from)
{
    for (size_t w = from / 64; w < map->words; w++) {
        uint64_t bits = set[w];
        if (w == from / 64)
            bits &= ~UINT64_C(0) << from % 64;
        if (bits)
            return 64 * w + (size_t)__builtin_ctzll(bits);
    }
    return SIZE_MAX;
}
