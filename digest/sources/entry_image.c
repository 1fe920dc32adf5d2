/* Chooses an entry's image among all that were named for it. */
#include "digest/sources/entry_image_internal.h"

#include "digest/document/images.h"
#include "digest/document/url.h"

enum {
    MAX_URL = 4000,
    MAX_OF_BODY = 50,
    MAX_KNOWN = 2 * MAX_OF_BODY + 1,
    SMALL = 200 /* pixels: not shown above a story */
};

/* All that is said: first of the image that the entry names, then of the
 * body's, then of the others. */
struct known {
    struct entry_picture items[MAX_KNOWN];
    size_t count;
    bool is_same[MAX_KNOWN]; /* … as the one that is chosen */
};

static void add(struct known *known, const char *url,
                const struct entry_picture *said)
{
    if (!url || strlen(url) > MAX_URL || known->count == MAX_KNOWN)
        return;
    struct entry_picture *item = &known->items[known->count++];
    unsigned width, height;
    *item = *said;
    item->url = url;
    if (!item->width && image_size_of_name(str_of(url), &width, &height)) {
        item->width = width;
        item->height = height;
    }
}

static void add_resolved(struct known *known, const struct entry_picture *said,
                         const char *base, struct arena *arena)
{
    if (said->url && *said->url)
        add(known, url_resolve(arena, str_of(said->url), base, URL_FILE), said);
}

static void add_of_body(struct known *known, const struct document *body,
                        struct arena *arena)
{
    struct document_image found[MAX_OF_BODY];
    size_t count = document_images(body, found, MAX_OF_BODY);
    for (size_t i = 0; i < count; i++)
        add(known, arena_copy_str(arena, found[i].url),
            &(struct entry_picture){.alt = arena_copy_str(arena, found[i].alt),
                                    .width = found[i].width,
                                    .height = found[i].height});
}

/* Chooses a picture: of the body's, the first that isn't a logo or a face. */
static size_t choose_picture(const struct known *known, bool is_named,
                             size_t of_body)
{
    for (size_t i = 0; !is_named && i < of_body; i++)
        if (!known->items[i].width || known->items[i].width >= SMALL)
            return i;
    return 0;
}

static bool is_same(const struct entry_picture *a,
                    const struct entry_picture *b)
{
    return (a->kind && a->kind == b->kind) ||
           image_is_same(str_of(a->url), str_of(b->url));
}

/* A copy of a copy is one, too. */
static void find_same(struct known *known, size_t chosen)
{
    known->is_same[chosen] = true;
    for (size_t before = 0, now = 1; now != before;) {
        before = now;
        for (size_t i = 0; i < known->count; i++)
            for (size_t j = 0; known->is_same[i] && j < known->count; j++)
                if (!known->is_same[j] &&
                    is_same(&known->items[i], &known->items[j])) {
                    known->is_same[j] = true;
                    now++;
                }
    }
}

/* The copy to take. An original whose size nobody says is larger than any
 * copy. */
static size_t choose_copy(const struct known *known, size_t chosen)
{
    struct image_copy copies[MAX_KNOWN];
    size_t places[MAX_KNOWN], count = 0, original = MAX_KNOWN;
    for (size_t n = 0; n <= known->count; n++) {
        size_t i = n ? n - 1 : chosen; /* that one first */
        const struct entry_picture *item = &known->items[i];
        if (!known->is_same[i] || (n && i == chosen))
            continue;
        if (!item->width && original == MAX_KNOWN)
            original = i;
        copies[count] = (struct image_copy){item->url, item->width};
        places[count++] = i;
    }
    size_t best = image_choose(copies, count, IMAGE_WIDTH);
    return copies[best].pixels < IMAGE_WIDTH && original < MAX_KNOWN
               ? original
               : places[best];
}

/* Sets the size that is said of the same address; else a copy's, as long as
 * that fills a column: the original is no smaller. */
static void set_size(const struct known *known, const char *url,
                     struct article *out)
{
    bool is_own = false;
    for (size_t i = 0; i < known->count; i++) {
        const struct entry_picture *item = &known->items[i];
        bool is_this = strcmp(item->url, url) == 0;
        if (!known->is_same[i] || !item->width || (is_own && !is_this) ||
            (!is_this && item->width < IMAGE_WIDTH / 2) ||
            (is_this == is_own && item->width <= out->image_width))
            continue;
        is_own = is_this;
        out->image_width = item->width;
        out->image_height = item->height;
    }
    for (size_t i = 0; i < known->count && !out->image_height; i++) {
        const struct entry_picture *item = &known->items[i];
        if (known->is_same[i] && item->width && item->height)
            out->image_height =
                (unsigned)((unsigned long long)out->image_width * item->height /
                           item->width);
    }
}

static const char *alt_of(const struct known *known, size_t chosen)
{
    const char *alt = known->items[chosen].alt;
    for (size_t i = 0; (!alt || !*alt) && i < known->count; i++)
        if (known->is_same[i])
            alt = known->items[i].alt;
    return alt;
}

void entry_set_image(const struct entry *entry, const struct document *body,
                     struct arena *arena, struct article *out)
{
    struct known known = {0};
    const char *base = *out->url ? out->url : entry->body.base_url;
    const struct entry_picture named = {entry->image_url, entry->image_alt,
                                        entry->image_width, entry->image_height,
                                        0};
    out->image_alt = out->image_url = "";
    add_resolved(&known, &named, base, arena);
    bool is_named = known.count > 0;
    add_of_body(&known, body, arena);
    size_t of_body = known.count;
    for (size_t i = 0; i < entry->picture_count; i++)
        add_resolved(&known, &entry->pictures[i], base, arena);
    if (!is_named && !of_body)
        return;
    size_t chosen = choose_picture(&known, is_named, of_body);
    find_same(&known, chosen);
    out->image_alt = entry_line(arena, alt_of(&known, chosen));
    out->image_url = known.items[choose_copy(&known, chosen)].url;
    set_size(&known, out->image_url, out);
}
