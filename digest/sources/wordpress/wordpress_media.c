/* Keeps the pictures of a WordPress export, to be found by post. */
#include "digest/sources/wordpress/wordpress_internal.h"

#include "digest/base/mem.h"

/* The value of an element that stands in one line, as WordPress writes it. */
static struct str value_of(struct str line, struct str tag)
{
    if (!str_starts(line, tag))
        return (struct str){NULL, 0};
    line = str_from(line, tag.len);
    if (str_starts(line, STR("<![CDATA["))) {
        line = str_from(line, 9);
        line.len = str_find_str(line, STR("]]>"));
    } else {
        line.len = str_find(line, '<');
    }
    return str_trim(line);
}

static void keep(struct wordpress_media *media, uint64_t post_id, char *url)
{
    struct wordpress_file file = {post_id, url};
    MEM_PUSH(media->files, media->count, media->capacity, file);
}

static int by_post(const void *a, const void *b)
{
    const struct wordpress_file *x = a, *y = b;
    return (x->post_id > y->post_id) - (x->post_id < y->post_id);
}

void wordpress_media_read(FILE *file, struct wordpress_media *out)
{
    OWNED(mem_free) char *text = NULL;
    size_t size = 0;
    ssize_t length;
    unsigned long long post_id = 0;
    while ((length = getline(&text, &size, file)) >= 0) {
        struct str line = str_trim((struct str){text, (size_t)length});
        if (str_starts(line, STR("<item>")))
            post_id = 0;
        struct str id = value_of(line, STR("<wp:post_id>"));
        if (id.ptr && !str_to_u64(id, &post_id))
            post_id = 0;
        struct str url = value_of(line, STR("<wp:attachment_url>"));
        if (url.len && post_id)
            keep(out, post_id, str_dup(url));
    }
    if (out->count)
        qsort(out->files, out->count, sizeof *out->files, by_post);
}

const char *wordpress_media_find(const struct wordpress_media *media,
                                 uint64_t post_id)
{
    struct wordpress_file wanted = {post_id, NULL}, *found = NULL;
    if (media->count)
        found = bsearch(&wanted, media->files, media->count,
                        sizeof *media->files, by_post);
    return found ? found->url : NULL;
}

void wordpress_media_free(struct wordpress_media *media)
{
    for (size_t i = 0; i < media->count; i++)
        free(media->files[i].url);
    free(media->files);
    *media = (struct wordpress_media){0};
}
