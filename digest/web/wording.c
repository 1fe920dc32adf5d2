/* Chooses the language of a page. */
#include "digest/web/wording.h"

#include "digest/newsletters/newsletter.h"

const struct language *wording_of(const struct web *web, const char *chosen,
                                  const char *newsletter)
{
    const struct language *found =
        chosen ? languages_find(web->languages, str_of(chosen)) : NULL;
    if (!found && newsletter)
        found = languages_find(web->languages, str_of(newsletter));
    return found;
}

/* The weight of "de;q=0.8", in thousandths; one that can't be read is 0. */
static unsigned weight_of(struct str parameters)
{
    struct str value = str_trim(parameters);
    unsigned long long whole, part = 0;
    if (!value.len)
        return 1000;
    if (!str_equal_nocase(str_trim(str_cut(&value, '=')), STR("q")))
        return 0;
    struct str tail = str_trim(value);
    struct str head = str_cut(&tail, '.');
    if (!str_to_u64(head, &whole) || whole > 1 || tail.len > 3 ||
        (tail.len && !str_to_u64(tail, &part)))
        return 0;
    for (size_t i = tail.len; i < 3; i++)
        part *= 10;
    return whole ? 1000 : (unsigned)part;
}

static bool is_of_site(const struct web *web,
                       const struct newsletter_list *newsletters,
                       const struct language *language)
{
    for (size_t i = 0; i < newsletters->count; i++)
        if (wording_of(web, NULL, newsletters->items[i].language) == language)
            return true;
    return false;
}

/* Source: RFC 9110 §12.5.4. */
static const struct language *
asked_for(const struct web *web, const struct newsletter_list *newsletters,
          struct str languages)
{
    const struct language *best = NULL;
    unsigned best_weight = 0;
    while (languages.len) {
        struct str weight = str_cut(&languages, ',');
        struct str tag = str_cut(&weight, ';');
        const struct language *found = languages_find(web->languages, tag);
        unsigned its = weight_of(weight);
        if (found && its > best_weight && is_of_site(web, newsletters, found)) {
            best = found;
            best_weight = its;
        }
    }
    return best;
}

static const struct newsletter *
oldest_of(const struct newsletter_list *newsletters)
{
    const struct newsletter *oldest = NULL;
    for (size_t i = 0; i < newsletters->count; i++)
        if (!oldest || newsletters->items[i].id < oldest->id)
            oldest = &newsletters->items[i];
    return oldest;
}

const struct language *wording_of_site(const struct web *web,
                                       const struct request *request)
{
    struct newsletter_list newsletters = {0};
    struct err ignored = {0};
    const struct language *found = NULL;
    /* An error of the database is ignored: the page itself may be about it. */
    if (newsletter_find(web->db, request->arena, &newsletters, &ignored)) {
        const struct newsletter *oldest = oldest_of(&newsletters);
        found = asked_for(web, &newsletters, request->languages);
        if (!found && oldest)
            found = wording_of(web, NULL, oldest->language);
    }
    return found ? found : languages_default(web->languages);
}
