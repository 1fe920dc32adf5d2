/* The templates that the program can find, by path below `templates/`.
 *
 * A file in the publisher's own `templates/` folder wins over the one
 * carried inside the program. Compiled templates are kept.
 */
#ifndef DIGEST_RENDERER_TEMPLATE_SET_H
#define DIGEST_RENDERER_TEMPLATE_SET_H

#include "digest/base/file.h"
#include "digest/renderer/template_internal.h"

struct template_set;

/* `folder`: the publisher's templates, or NULL. Never fails: files are read
 * when they are asked for. */
struct template_set *template_set_new(const char *folder);
void template_set_free(struct template_set *set);
void template_set_release(struct template_set **set); /* for OWNED */

/* The source of e.g. "email/default/style.css". *origin: the file's path, or
 * "built-in:PATH"; lives as long as the set. Fails: NOT_FOUND (it says which
 * templates there are), INPUT (not UTF-8), IO. */
FALLIBLE bool template_set_source(struct template_set *set, const char *path,
                                  struct str *source, const char **origin,
                                  struct err *err);

/* The same for a file that another one, at `path`, asks for by name: looked
 * for in that one's folder, then in the folders above. */
FALLIBLE bool template_set_source_near(struct template_set *set,
                                       const char *path, const char *name,
                                       struct str *source, const char **origin,
                                       struct err *err);

/* The names of the files in a folder of templates, such as "messages", that
 * end in `suffix`: those inside the program and the publisher's, each once.
 * Release with file_list_free. */
void template_set_list(const struct template_set *set, const char *folder,
                       const char *suffix, struct file_list *out);

/* The names of the folders below one, such as "email", that hold a file of a
 * name: those of the publisher, and those inside the program. Release with
 * file_list_free. */
void template_set_folders(const struct template_set *set, const char *folder,
                          const char *file, struct file_list *out);

/* The compiled template at e.g. "email/default/html.mustache". Partials
 * named in it are looked for in its own folder, then in the folders above,
 * with ".mustache" added. Owned by the set. Fails as above, and INPUT. */
FALLIBLE bool template_set_get(struct template_set *set, const char *path,
                               const struct template **out, struct err *err);

/* The partial that a template at `path` names so; NULL where there is none.
 */
FALLIBLE bool template_set_get_near(struct template_set *set, const char *path,
                                    const char *name,
                                    const struct template **out,
                                    struct err *err);

/* Whether the template at `path`, with all that it brings in, shows and tests
 * no value of a name, such as "note". Fails: as template_set_get. */
FALLIBLE bool template_set_lacks(struct template_set *set, const char *path,
                                 const char *name, bool *out, struct err *err);

/* Applies the template at `path`, with its partials. */
FALLIBLE bool template_set_apply(struct template_set *set, const char *path,
                                 const struct value *data,
                                 enum template_edge edge, struct strbuf *out,
                                 struct err *err);

#endif
