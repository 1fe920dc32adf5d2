/* Which sections list which categories, for many articles; for the files of
 * this room alone. */
#ifndef DIGEST_SELECTOR_SECTION_MAP_INTERNAL_H
#define DIGEST_SELECTOR_SECTION_MAP_INTERNAL_H

#include "digest/selector/selector.h"

/* A set of sections: bit n is section n. */
struct section_map {
    size_t words; /* of 64 bits in a set */
    uint64_t *rest;
    struct section_map_entry *entries; /* hashed by slug */
    size_t mask;
};

/* Borrows the slugs. */
void section_map_begin(struct section_map *map,
                       const struct selector_section *sections, size_t count);
void section_map_free(struct section_map *map); /* for OWNED */

/* Adds the sections of an article's categories to a set of map->words. */
void section_map_look_up(const struct section_map *map,
                         const struct article *article, uint64_t *set);

/* The first section of a set from `from` on; SIZE_MAX: none. */
size_t section_map_next(const struct section_map *map, const uint64_t *set,
                        size_t from);

#endif
