/* Finds near-duplicates among candidates, by an index of their words. */
#include "digest/selector/duplicates_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/url.h"

enum {
    DAY = 86400,
    MOST_APART = 6 * DAY,      /* a weekly column is no duplicate of the last */
    MOST_APART_BARE = 2 * DAY, /* where there is no lead to compare */
    LEAD_WORDS_LEAST = 6,
    TITLE_WORDS_BARE = 5, /* without leads: at least that many words */
    MOST_COMPARED = 256,  /* of those that share a word */
    COUNTERS = 1 << 18,
};

/* ---- two of them ---- */

static struct str host_of(const char *url)
{
    struct str host = url_split(str_of(url)).server;
    return str_starts_nocase(host, STR("www.")) ? str_from(host, 4) : host;
}

/* Articles imported by hand are of one source in name alone, so their hosts are
 * compared. */
static bool of_one_source(const struct article *a, const struct article *b)
{
    return a->source_id == b->source_id &&
           str_equal_nocase(host_of(a->url), host_of(b->url));
}

/* Releases and episodes: kept apart at their source by their GUIDs, under one
 * link, or at places of their own in one page. */
static bool share_a_page(const struct article *a, const struct article *b)
{
    struct str x = str_of(a->url), y = str_of(b->url);
    struct str place_x = str_from(x, str_find(x, '#'));
    struct str place_y = str_from(y, str_find(y, '#'));
    return a->source_id == b->source_id &&
           (str_equal(x, y) || !str_equal(place_x, place_y));
}

static unsigned common_title(const struct article_signature *a,
                             const struct article_signature *b)
{
    unsigned common = 0;
    for (unsigned i = 0, j = 0; i < a->title_count && j < b->title_count;) {
        common += a->title[i] == b->title[j];
        uint32_t left = a->title[i], right = b->title[j];
        i += left <= right;
        j += right <= left;
    }
    return common;
}

static unsigned common_lead(const struct article_signature *a,
                            const struct article_signature *b)
{
    unsigned common = 0;
    for (unsigned i = 0, j = 0; i < a->lead_count && j < b->lead_count;) {
        common += a->lead[i] == b->lead[j];
        uint16_t left = a->lead[i], right = b->lead[j];
        i += left <= right;
        j += right <= left;
    }
    return common;
}

static bool title_has(const struct article_signature *s, uint32_t word)
{
    for (unsigned i = 0; i < s->title_count; i++)
        if (s->title[i] == word)
            return true;
    return false;
}

static bool lead_has(const struct article_signature *s, uint32_t word)
{
    for (unsigned i = 0; i < s->lead_count; i++)
        if (s->lead[i] == (word & 0xffff))
            return true;
    return false;
}

/* A word of its title that it says again, and the other never does. */
static bool stands_apart(const struct article_signature *a,
                         const struct article_signature *b)
{
    for (unsigned i = 0; i < a->title_count; i++)
        if (!title_has(b, a->title[i]) && lead_has(a, a->title[i]) &&
            !lead_has(b, a->title[i]))
            return true;
    return false;
}

/* How much of the shorter lead the longer one has to hold, in hundredths. */
static unsigned lead_share_needed(const struct article_signature *a,
                                  const struct article_signature *b,
                                  unsigned common)
{
    unsigned shorter =
        a->title_count < b->title_count ? a->title_count : b->title_count;
    if (common < shorter)
        return 85; /* each has words that the other lacks */
    if (a->title_count != b->title_count || shorter < 4)
        return 60;
    return 40;
}

static bool texts_agree(const struct article_signature *a,
                        const struct article_signature *b, int64_t apart)
{
    unsigned common = common_title(a, b);
    unsigned all = a->title_count + b->title_count - common;
    if (common == 0 || 2 * common < all || a->numbers != b->numbers)
        return false;
    if (common == 1 && all > 1)
        return false;
    unsigned shorter =
        a->lead_count < b->lead_count ? a->lead_count : b->lead_count;
    if (shorter < LEAD_WORDS_LEAST)
        return common == all && all >= TITLE_WORDS_BARE &&
               apart <= MOST_APART_BARE &&
               (shorter == 0 || 2 * common_lead(a, b) >= shorter);
    if (100 * common_lead(a, b) < lead_share_needed(a, b, common) * shorter)
        return false;
    return common == all || (!stands_apart(a, b) && !stands_apart(b, a));
}

bool duplicates_are_near(const struct selector_candidate *a,
                         const struct selector_candidate *b)
{
    const struct article_signature *x = &a->signature, *y = &b->signature;
    if (x->url && x->url == y->url)
        return !share_a_page(a->article, b->article);
    int64_t apart = a->article->published_at - b->article->published_at;
    if (apart < 0)
        apart = -apart;
    return apart <= MOST_APART && texts_agree(x, y, apart) &&
           !of_one_source(a->article, b->article);
}

/* ---- many of them ----
 * Of two titles that share half of their words and at least two, the rarer
 * words of each (all but that half, and two more) share two. Stories are
 * looked up by the pairs of those: what shares "the" alone, or one name that
 * is in the news, is never compared.
 */

struct posting {
    uint32_t key;
    uint32_t item;
    uint32_t next; /* from 1; 0: the last */
};

struct index {
    uint32_t *heads; /* of the lists, by hash; from 1 */
    size_t mask;
    struct posting *postings;
    size_t count, capacity;
    uint32_t *seen; /* the item that each was last compared with */
    uint32_t *counters;
};

static void index_free(struct index *index)
{
    free(index->heads);
    free(index->postings);
    free(index->seen);
    free(index->counters);
}

static uint64_t mix(uint64_t key)
{
    key *= 0x9e3779b97f4a7c15;
    key ^= key >> 29;
    key *= 0xbf58476d1ce4e5b9;
    return key ^ key >> 32;
}

static void index_begin(struct index *index,
                        const struct duplicates_item *items, size_t count)
{
    size_t size = 1024;
    while (size < 32 * count)
        size *= 2;
    index->heads = MEM_NEW_ARRAY(uint32_t, size);
    index->mask = size - 1;
    index->seen = MEM_NEW_ARRAY(uint32_t, count);
    index->counters = MEM_NEW_ARRAY(uint32_t, COUNTERS);
    for (size_t i = 0; i < count; i++) {
        const struct article_signature *s = &items[i].candidate->signature;
        for (unsigned j = 0; j < s->title_count; j++)
            index->counters[s->title[j] % COUNTERS]++;
    }
}

enum { MOST_RARE = 16 }; /* more than half of a title's words, and two */

struct keys {
    uint64_t keys[MOST_RARE * MOST_RARE / 2 + 1];
    size_t count;
};

struct rare {
    uint32_t count, word;
};

static bool is_rarer(struct rare a, struct rare b)
{
    return a.count != b.count ? a.count < b.count : a.word < b.word;
}

/* One word alone stands for itself. */
static void add_pairs(const struct article_signature *s,
                      const struct rare *words, struct keys *out)
{
    unsigned count = s->title_count;
    unsigned shared = count > 4 ? (count + 1) / 2 : 2;
    unsigned rarer = count > shared ? count - shared + 2 : count;
    if (rarer > MOST_RARE)
        rarer = MOST_RARE;
    if (count == 1)
        out->keys[out->count++] = mix(mix(s->numbers) + words[0].word);
    for (unsigned i = 0; i < rarer; i++)
        for (unsigned j = i + 1; j < rarer; j++)
            out->keys[out->count++] =
                mix(mix(s->numbers ^ (uint64_t)words[i].word << 32) +
                    words[j].word);
}

static void list_keys(const struct index *index,
                      const struct article_signature *s, struct keys *out)
{
    struct rare words[256];
    out->count = 0;
    if (s->url)
        out->keys[out->count++] = mix(s->url);
    for (unsigned i = 0; i < s->title_count; i++) {
        struct rare word = {index->counters[s->title[i] % COUNTERS],
                            s->title[i]};
        unsigned at = i;
        for (; at > 0 && is_rarer(word, words[at - 1]); at--)
            words[at] = words[at - 1];
        words[at] = word;
    }
    add_pairs(s, words, out);
}

static void index_add(struct index *index, const struct keys *keys, size_t item)
{
    for (size_t i = 0; i < keys->count; i++) {
        uint32_t *head = &index->heads[keys->keys[i] & index->mask];
        struct posting posting = {(uint32_t)(keys->keys[i] >> 32),
                                  (uint32_t)item, *head};
        MEM_PUSH(index->postings, index->count, index->capacity, posting);
        *head = (uint32_t)index->count;
    }
}

/* The lists lie far apart: all of them are asked for before one is read. */
static void expect(const struct index *index, const struct keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        __builtin_prefetch(&index->heads[keys->keys[i] & index->mask], 1);
}

/* The first of those before it that is near; SIZE_MAX: none. */
static size_t find_near(struct index *index, const struct keys *keys,
                        const struct duplicates_item *items, size_t item)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < keys->count; i++) {
        uint32_t at = index->heads[keys->keys[i] & index->mask];
        for (unsigned n = 0; at && n < MOST_COMPARED; n++) {
            assert(index->postings);
            const struct posting *posting = &index->postings[at - 1];
            at = posting->next;
            if (posting->key != (uint32_t)(keys->keys[i] >> 32) ||
                index->seen[posting->item] == item + 1)
                continue;
            index->seen[posting->item] = (uint32_t)item + 1;
            if (posting->item < best &&
                duplicates_are_near(items[posting->item].candidate,
                                    items[item].candidate))
                best = posting->item;
        }
    }
    return best;
}

void duplicates_find(struct duplicates_item *items, size_t count)
{
    OWNED(index_free) struct index index = {0};
    index_begin(&index, items, count);
    for (size_t i = 0; i < count; i++) {
        struct keys keys;
        list_keys(&index, &items[i].candidate->signature, &keys);
        expect(&index, &keys);
        size_t near =
            items[i].stays ? SIZE_MAX : find_near(&index, &keys, items, i);
        items[i].near_to = near == SIZE_MAX ? NULL : items[near].candidate;
        if (near == SIZE_MAX)
            index_add(&index, &keys, i);
    }
}
