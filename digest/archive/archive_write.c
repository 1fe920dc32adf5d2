/* Writes the archive into a folder, and removes what is no longer in it. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "digest/archive/archive_internal.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/ledger/story.h"
#include "digest/media/picture_store.h"

enum { PAGE_BYTES_MAX = 64 << 20 };

/* The run: where to, and what was done. */
struct writing {
    const struct conductor *conductor;
    const char *folder, *url;
    struct archive_report *report;
    struct file_list pictures; /* the names of those that pages show */
};

static void end_writing(struct writing *w)
{
    file_list_free(&w->pictures);
}

/* A file that holds the same already keeps its time, by which web servers
 * and browsers know that they have it. */
static bool put(struct writing *w, const char *path, const struct strbuf *bytes,
                struct err *err)
{
    OWNED(strbuf_free) struct strbuf there = STRBUF_INIT;
    OWNED(mem_free) char *file = file_join(w->folder, path);
    struct err ignored;
    if (file_read(file, PAGE_BYTES_MAX, &there, &ignored) &&
        str_equal(strbuf_str(&there), strbuf_str(bytes)))
        return true;
    w->report->written++;
    return file_write(file, strbuf_str(bytes), 0644, err);
}

static bool make_folder(const struct writing *w, const char *path,
                        struct err *err)
{
    OWNED(mem_free) char *folder = file_join(w->folder, path);
    return file_make_folder(folder, 0755, err);
}

static bool is_listed(const struct file_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->names[i], name) == 0)
            return true;
    return false;
}

static void list_name(struct file_list *list, const char *name)
{
    char *copy = mem_copy(name);
    MEM_PUSH(list->names, list->count, list->capacity, copy);
}

/* Writes a picture, unless it is there: a picture of the same name is the
 * same. */
static bool put_picture(struct writing *w, const char *name, bool small,
                        const char *file, struct err *err)
{
    OWNED(mem_free) char *path = mem_format("i/%s", file);
    OWNED(mem_free) char *whole = file_join(w->folder, path);
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    return file_exists(whole) ||
           (picture_read(w->conductor->db, name, small, &bytes, err) &&
            put(w, path, &bytes, err));
}

static bool take_picture(struct writing *w, const struct story *story,
                         struct err *err)
{
    OWNED(strbuf_free) struct strbuf small = STRBUF_INIT;
    if (!*story->picture || is_listed(&w->pictures, story->picture))
        return true;
    picture_small_name(str_of(story->picture), (unsigned)story->image_width,
                       &small);
    bool has_small = strcmp(strbuf_text(&small), story->picture) != 0;
    list_name(&w->pictures, story->picture);
    if (has_small)
        list_name(&w->pictures, strbuf_text(&small));
    return make_folder(w, "i", err) &&
           put_picture(w, story->picture, false, story->picture, err) &&
           (!has_small ||
            put_picture(w, story->picture, true, strbuf_text(&small), err));
}

/* Removes the pictures of withdrawn stories, and of issues that are no more. */
static bool remove_other_pictures(struct writing *w, struct err *err)
{
    OWNED(file_list_free) struct file_list there = {0};
    OWNED(mem_free) char *folder = file_join(w->folder, "i");
    if (!file_is_folder(folder))
        return true;
    if (!file_list(folder, NULL, &there, err))
        return false;
    for (size_t i = 0; i < there.count; i++) {
        char large[PICTURE_NAME_SIZE];
        bool is_small;
        OWNED(mem_free) char *file = file_join(folder, there.names[i]);
        if (picture_is_name(str_of(there.names[i]), large, &is_small) &&
            !is_listed(&w->pictures, there.names[i]) && unlink(file) != 0)
            return file_fail(err, file, "remove");
    }
    return true;
}

static bool put_story(struct writing *w, const struct issue *issue,
                      const struct story *story, struct err *err)
{
    OWNED(strbuf_free) struct strbuf page = STRBUF_INIT;
    OWNED(mem_free)
    char *folder = mem_format("%s/%" PRId64 "/%s", issue->newsletter,
                              issue->number, story->name);
    OWNED(mem_free) char *path = mem_format("%s/index.html", folder);
    bool gone;
    w->report->stories++;
    return archive_story(w->conductor, issue, str_of(story->name), w->url,
                         &page, &gone, err) &&
           make_folder(w, folder, err) && put(w, path, &page, err);
}

/* A story that was withdrawn from publication has a page that says so. */
static bool put_stories(struct writing *w, const struct issue *issue,
                        struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct story_list list;
    if (!story_find(w->conductor->db, issue->id, false, &arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        const struct story *s = &list.items[i];
        if ((!s->unpublished_at && !take_picture(w, s, err)) ||
            (*s->name && !put_story(w, issue, s, err)))
            return err_context(err, "%s", s->title);
    }
    return true;
}

static bool put_issue(struct writing *w, const struct issue *issue,
                      struct err *err)
{
    OWNED(strbuf_free) struct strbuf page = STRBUF_INIT;
    OWNED(mem_free)
    char *folder = mem_format("%s/%" PRId64, issue->newsletter, issue->number);
    OWNED(mem_free) char *path = mem_format("%s/index.html", folder);
    w->report->issues++;
    return archive_issue(w->conductor, issue, &page, err) &&
           make_folder(w, folder, err) && put_stories(w, issue, err) &&
           put(w, path, &page, err);
}

static bool put_issues(struct writing *w, const struct newsletter *n,
                       struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue_list list;
    if (!issue_find(w->conductor->db, n->id, &arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (issue_is_public(&list.items[i]) &&
            !put_issue(w, &list.items[i], err))
            return false;
    return true;
}

static bool put_newsletter(struct writing *w, const struct newsletter *n,
                           struct err *err)
{
    OWNED(strbuf_free) struct strbuf index = STRBUF_INIT, feed = STRBUF_INIT;
    OWNED(mem_free) char *index_path = mem_format("%s/index.html", n->slug);
    OWNED(mem_free) char *feed_path = mem_format("%s/feed.xml", n->slug);
    w->report->newsletters++;
    return make_folder(w, n->slug, err) && put_issues(w, n, err) &&
           archive_feed(w->conductor, n, w->url, &feed, err) &&
           put(w, feed_path, &feed, err) &&
           archive_index(w->conductor, n, &index, err) &&
           put(w, index_path, &index, err);
}

/* A web server's own folder isn't taken for the archive's: a file in it says
 * that everything there may be written over. */
static bool take_folder(const char *folder, struct err *err)
{
    OWNED(mem_free) char *mark = file_join(folder, ".digest-archive");
    OWNED(file_list_free) struct file_list names = {0};
    if (!file_make_folder(folder, 0755, err))
        return false;
    if (file_exists(mark))
        return true;
    if (!file_list(folder, NULL, &names, err))
        return false;
    if (names.count)
        return err_set(err, ERR_CONFLICT,
                       "%s: holds files that are not the archive's, such as "
                       "%s; give a folder of its own",
                       folder, names.names[0]);
    return file_write(mark, STR("Written by digest archive.\n"), 0644, err);
}

bool archive_write(const struct conductor *c, const char *folder,
                   const char *url, struct archive_report *report,
                   struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf home = STRBUF_INIT;
    struct newsletter_list list;
    *report = (struct archive_report){0};
    OWNED(end_writing)
    struct writing w = {
        .conductor = c, .folder = folder, .url = url, .report = report};
    if (!newsletter_find(c->db, &arena, &list, err) ||
        !take_folder(folder, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (!put_newsletter(&w, &list.items[i], err))
            return err_context(err, "%s", list.items[i].slug);
    OWNED(strbuf_free) struct strbuf map = STRBUF_INIT;
    return remove_other_pictures(&w, err) && archive_home(c, "", &home, err) &&
           put(&w, "index.html", &home, err) &&
           (!url || (archive_sitemap(c, url, &map, err) &&
                     put(&w, "sitemap.xml", &map, err)));
}
