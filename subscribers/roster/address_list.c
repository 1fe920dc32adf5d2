/* Loads lists of mailbox names and domains, and looks addresses up in them. */
#include "subscribers/roster/address_list.h"

#include "digest/base/embed.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"

enum { LIST_MAX = 16 << 20, NAME_MAX_BYTES = 253 };

struct address_list {
    char *text;
    struct str *names; /* in its lines; sorted */
    size_t count, capacity;
};

void address_list_free(struct address_list *list)
{
    if (!list)
        return;
    free(list->names);
    free(list->text);
    free(list);
}

void address_list_release(struct address_list **list)
{
    address_list_free(*list);
    *list = NULL;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static int compare(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    for (size_t i = 0; i < x->len && i < y->len; i++)
        if (lower(x->ptr[i]) != lower(y->ptr[i]))
            return lower(x->ptr[i]) < lower(y->ptr[i]) ? -1 : 1;
    return (x->len > y->len) - (x->len < y->len);
}

bool address_list_parse(struct str text, const char *name,
                        struct address_list **out, struct err *err)
{
    OWNED(address_list_release)
    struct address_list *list = MEM_NEW(struct address_list);
    list->text = str_dup(text);
    struct str rest = {list->text, text.len}, line;
    for (unsigned number = 1; str_next_line(&rest, &line); number++) {
        struct str word = str_trim(str_cut(&line, '#'));
        if (word.len == 0)
            continue;
        if (word.len > NAME_MAX_BYTES || str_find(word, '@') < word.len ||
            str_find(word, ' ') < word.len)
            return err_set(err, ERR_INPUT,
                           "%s:%u: \"%.*s\": one name a line, without @ and "
                           "spaces",
                           name, number, (int)(word.len < 60 ? word.len : 60),
                           word.ptr);
        MEM_PUSH(list->names, list->count, list->capacity, word);
    }
    if (list->count)
        qsort(list->names, list->count, sizeof *list->names, compare);
    *out = TAKE(list);
    return true;
}

bool address_list_load(const char *folder, const char *name,
                       struct address_list **out, struct err *err)
{
    OWNED(mem_free) char *path = file_join(folder, name);
    OWNED(mem_free) char *own = mem_format("subscribers/roster/%s", name);
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (!file_exists(path))
        return address_list_parse(embed_find(own), own, out, err);
    return file_read(path, LIST_MAX, &text, err) &&
           address_list_parse(strbuf_str(&text), path, out, err);
}

bool address_list_has(const struct address_list *list, struct str name)
{
    return list->count && bsearch(&name, list->names, list->count,
                                  sizeof *list->names, compare) != NULL;
}

bool address_list_has_domain(const struct address_list *list, struct str domain)
{
    while (domain.len) {
        if (address_list_has(list, domain))
            return true;
        str_cut(&domain, '.');
    }
    return false;
}
