/* CSS inlining: a style sheet's rules moved into style attributes, where
 * every mail client reads them.
 *
 * Rules for type, class, id, attribute, descendant, child and :first-child
 * selectors are applied by specificity and order; what can't be inlined
 * (@media, :hover, dark mode) is left over for a <style> element. Markup is
 * changed only inside start tags; everything else, conditional comments
 * included, stays byte for byte.
 */
#ifndef DIGEST_RENDERER_CSS_INLINE_H
#define DIGEST_RENDERER_CSS_INLINE_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

struct css_sheet;

/* Parses a style sheet once for many uses. `file` names it in errors.
 * Fails: INPUT with file:line:column. */
FALLIBLE bool css_sheet_parse(struct str css, const char *file,
                              struct css_sheet **out, struct err *err);

/* The library of style sheets that one imports: `find` appends the text that
 * `@import "NAME";` names. *file names it in errors, and lives as long as the
 * sheet. */
struct css_library {
    bool (*find)(void *context, const char *name, struct strbuf *css,
                 const char **file, struct err *err);
    void *context;
};

/* The same for one that may import others: their rules stand where the
 * @import does. */
FALLIBLE bool css_sheet_parse_with(const struct css_library *library,
                                   struct str css, const char *file,
                                   struct css_sheet **out, struct err *err);
void css_sheet_free(struct css_sheet *sheet);
void css_sheet_release(struct css_sheet **sheet); /* for OWNED */

/* The rules that stay in <style>, as text. Borrowed from the sheet. */
struct str css_sheet_kept(const struct css_sheet *sheet);

/* The mark where the kept rules go, inside the HTML's <style>. */
#define CSS_KEPT_MARK "/*kept-css*/"

/* Appends `html` with the rules inlined, and with the width, height, align,
 * valign and bgcolor attributes that Outlook's Word engine needs added to
 * table elements and images. CSS_KEPT_MARK inside the HTML's <style> is
 * replaced by css_sheet_kept. */
FALLIBLE bool css_inline(const struct css_sheet *sheet, struct str html,
                         struct strbuf *out, struct err *err);

#endif
