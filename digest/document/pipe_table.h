/* Pipe tables in Markdown: no part of CommonMark, but common in folders of
 * it. As for tables in HTML, each row becomes a line. */
#ifndef DIGEST_DOCUMENT_PIPE_TABLE_H
#define DIGEST_DOCUMENT_PIPE_TABLE_H

struct cmark_node;

/* Every paragraph whose second line is a row of dashes and bars loses that
 * line and the bars at the ends of the others, whose ends become line
 * breaks. */
void pipe_tables_to_lines(struct cmark_node *root);

#endif
