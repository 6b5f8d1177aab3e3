/*
 * pem - find the boundary lines and decode the base64 between them.
 *
 * Text before "-----BEGIN" on its line makes the line no boundary (RFC 7468
 * 2).
 */
#include "lib/base/pem.h"
#include "lib/base/base64.h"

#define BEGIN  STR("-----BEGIN ")
#define END    STR("-----END ")
#define DASHES STR("-----")

/* The label when the line is a boundary of that kind. */
static bool is_boundary(struct str line, struct str start, struct str *label)
{
	line = str_trim(line);
	if (!str_has_prefix(line, start) || !str_has_suffix(line, DASHES) ||
		line.n < start.n + DASHES.n)
		return false;
	*label = str_sub(line, start.n, line.n - start.n - DASHES.n);
	return true;
}

/* Move *text behind the next boundary; body is what stood before it. */
static bool find_boundary(
	struct str *text, struct str start, struct str *body, struct str *label)
{
	const char *from = text->p;
	struct str line;

	while (str_cut(text, '\n', &line)) {
		if (!is_boundary(line, start, label))
			continue;
		*body = (struct str){from, (size_t)(line.p - from)};
		return true;
	}
	return false;
}

int pem_next(
	struct str *text, struct str *label, struct buf *der, struct err *e)
{
	struct str body, end;

	if (!find_boundary(text, BEGIN, &body, label))
		return 0;
	if (!find_boundary(text, END, &body, &end))
		return err_kind(e, ERR_INPUT, "PEM block %.*s does not end",
			STR_ARG(*label));
	if (!str_eq(*label, end))
		return err_kind(e, ERR_INPUT, "PEM block %.*s ends as %.*s",
			STR_ARG(*label), STR_ARG(end));
	buf_reset(der);
	if (base64_decode(body, der, e) < 0)
		return err_at(e, "PEM block %.*s", STR_ARG(*label));
	return 1;
}

size_t pem_count(struct str text)
{
	struct str body, label;
	size_t n = 0;

	while (find_boundary(&text, BEGIN, &body, &label))
		n++;
	return n;
}
