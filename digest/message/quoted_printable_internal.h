/* Quoted-printable (RFC 2045 §6.7), in two forms: the text of a part, which
 * keeps its line ends, and a value that is put into such a text later.
 *
 * Lines have at most 76 columns and never split a character. A dot, and the F
 * of a "From ", at the start of a line are encoded, so that neither SMTP nor
 * an mbox can change them.
 */
#ifndef DIGEST_MESSAGE_QUOTED_PRINTABLE_INTERNAL_H
#define DIGEST_MESSAGE_QUOTED_PRINTABLE_INTERNAL_H

#include "digest/base/strbuf.h"

/* A part being written. */
struct qp {
    struct strbuf *out;
    size_t column;
};

/* Appends well-formed UTF-8; LF, CRLF and CR each end a line. */
void qp_add_text(struct qp *qp, struct str text);

/* Ends the line without ending the line of the text, so that what follows
 * stands in column 0. Nothing to do when it does already. */
void qp_soft_break(struct qp *qp);

/* Ends the text: white space that the last line ends in is encoded. */
void qp_finish(struct qp *qp);

/* How a value is put into a part. */
enum qp_form {
    QP_PLAIN, /* into text */
    QP_HTML,  /* into HTML, with & < > " ' as character references */
};

/* Writes a value for column 0, ended by a soft break if it isn't empty, and
 * returns the end of what was written. The value becomes one line: white
 * space is a space, controls and bidirectional overrides vanish, ill-formed
 * UTF-8 becomes U+FFFD. `to` has room for qp_value_bound() bytes. */
char *qp_write_value(char *to, struct str value, enum qp_form form);
size_t qp_value_bound(size_t length);

#endif
