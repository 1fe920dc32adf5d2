/* Makes a working folder with digest.yaml, database and keys. */
#include "digest/cli/workfolder.h"

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/store/db.h"
#include "subscribers/tokens/tokens.h"

/* Adds a line, commented where its value is missing, so that what is to be
 * filled in can be seen. */
static void add_line(struct strbuf *out, const char *key, const char *value,
                     const char *example)
{
    if (!value) {
        strbuf_add_format(out, "  # %s: \"%s\"\n", key, example);
        return;
    }
    strbuf_add_format(out, "  %s: \"", key);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, *value);
    }
    strbuf_add_text(out, "\"\n");
}

static void write_yaml(const struct workfolder *w, struct strbuf *out)
{
    strbuf_add_text(out, "# Infrastructure. What editors change (newsletters, "
                         "sections, subscribers)\n# is in the database.\n\n"
                         "site:\n");
    add_line(out, "name", w->site_name, "The Harbour Post");
    if (w->site_url)
        add_line(out, "url", w->site_url, NULL);
    strbuf_add_text(out, "  # Links to unsubscribe and to view in the "
                         "browser begin with this; `digest serve`\n"
                         "  # answers there, behind your web server.\n");
    add_line(out, "base_url", w->base_url, "https://news.example.org");
    strbuf_add_text(out, "  # The law in many countries wants it in each "
                         "message.\n");
    add_line(out, "postal_address", w->postal_address,
             "1 Quay Street, Harbour Town");
    strbuf_add_text(out,
                    "\n# Where messages go: a folder at first, so that nothing "
                    "leaves this machine.\n# For real delivery:\n"
                    "#   url: smtp://user@mail.example.org:587\n"
                    "#   password_file: smtp.password\n"
                    "transport:\n  url: maildir:outbox\n");
}

bool workfolder_make(const char *folder, const struct workfolder *settings,
                     struct err *err)
{
    OWNED(mem_free) char *yaml = file_join(folder, "digest.yaml");
    OWNED(mem_free) char *keys = file_join(folder, "digest.keys");
    OWNED(mem_free) char *database = file_join(folder, "digest.db");
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(db_release) struct db *db = NULL;
    write_yaml(settings, &text);
    file_add_home(folder);
    if (!file_make_folder(folder, 0755, err) ||
        (!file_exists(yaml) && !file_write(yaml, strbuf_str(&text), 0644, err)))
        return false;
    return db_open(database, DB_CREATE, &db, err) &&
           (file_exists(keys) || token_keys_create(keys, err));
}
