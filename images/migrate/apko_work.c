/*
 * apko_work - notes and scalars.
 */
#include "images/migrate/apko_work.h"

#include "lib/base/json_out.h"

#include <stdarg.h>

#define APKO_ABOVE 32 /* lines, of comments mostly */

int apko_cut_lines(struct apko *a, struct err *e)
{
	struct str rest = a->request->text, line;
	size_t room = 0;

	while (str_cut(&rest, '\n', &line)) {
		a->lines = arena_grow(a->request->arena, a->lines, a->n_lines,
			&room, sizeof(*a->lines));
		if (a->lines == NULL)
			return err_kind(e, ERR_LIMIT, "out of memory");
		a->lines[a->n_lines++] = line;
	}
	return 0;
}

/* Line `number` of the file, from 1. */
static struct str apko_line(const struct apko *a, uint32_t number)
{
	return number > 0 && number <= a->n_lines ? a->lines[number - 1]
						  : (struct str){"", 0};
}

/* A list or map has the line of its first member; its key is above that. */
static uint32_t apko_key_line(const struct apko *a, const struct node *n)
{
	uint32_t end = n->line > APKO_ABOVE ? n->line - APKO_ABOVE : 0;

	for (uint32_t at = n->line; at > end && n->key.n > 0; at--) {
		struct str line = str_trim(apko_line(a, at)), key;

		if (str_has_prefix(line, STR("- ")))
			line = str_trim(str_sub(line, 2, line.n));
		str_cut(&line, ':', &key);
		if (line.p != NULL && str_eq(key, n->key))
			return at;
		if (n->type != NODE_LIST && n->type != NODE_MAP)
			break;
	}
	return n->line;
}

void apko_note(struct apko *a, const struct node *at, const char *fmt, ...)
{
	va_list ap;

	buf_fmt(a->unmapped, "%s:%u: ", a->request->file, apko_key_line(a, at));
	va_start(ap, fmt);
	buf_vfmt(a->unmapped, fmt, ap);
	va_end(ap);
	buf_byte(a->unmapped, '\n');
}

void apko_note_others(struct apko *a, const struct node *map, const char *of,
	const char *const *known)
{
	for (const struct node *c = node_first(map); c; c = c->next) {
		bool is_known = false;

		for (size_t i = 0; known[i] != NULL; i++)
			is_known = is_known || str_is(c->key, known[i]);
		if (!is_known)
			apko_note(a, c, "%s%.*s: does not map", of,
				STR_ARG(c->key));
	}
}

/* What stands behind "KEY:" or the dash of a list, up to a comma or comment. */
static struct str apko_raw(const struct apko *a, const struct node *n)
{
	struct str line = apko_line(a, n->line);

	for (size_t i = 0; n->key.n > 0 && i + n->key.n < line.n; i++)
		if (str_eq(str_sub(line, i, n->key.n), n->key) &&
			line.p[i + n->key.n] == ':') {
			line = str_sub(line, i + n->key.n + 1, line.n);
			break;
		}
	line = str_trim(line);
	if (n->key.n == 0 && str_has_prefix(line, STR("- ")))
		line = str_trim(str_sub(line, 2, line.n));
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == ',' || line.p[i] == '}' || line.p[i] == ']' ||
			line.p[i] == ' ' || line.p[i] == '#')
			return str_sub(line, 0, i);
	return line;
}

struct str apko_text(const struct apko *a, const struct node *n)
{
	if (n == NULL || n->type == NODE_LIST || n->type == NODE_MAP ||
		n->type == NODE_NULL)
		return (struct str){"", 0};
	return n->type == NODE_TEXT ? n->text : apko_raw(a, n);
}

void apko_quote(struct apko *a, struct str text)
{
	json_quote(a->out, text);
}

void apko_put(struct apko *a, const char *key, const struct node *value)
{
	struct str text = apko_text(a, value);

	if (text.n == 0)
		return;
	buf_fmt(a->out, "%s: ", key);
	apko_quote(a, text);
	buf_byte(a->out, '\n');
}

/* ---- words of a command ---- */

/* One word at the front, without its quotes; false when there is none. */
static bool apko_word(struct str *rest, struct buf *word)
{
	char quote = '\0';

	*rest = str_trim(*rest);
	if (rest->n == 0)
		return false;
	while (rest->n > 0) {
		char c = rest->p[0];

		if (quote == '\0' && (c == ' ' || c == '\t' || c == '\n'))
			break;
		*rest = str_sub(*rest, 1, rest->n);
		if (c == '\\' && quote != '\'' && rest->n > 0) {
			buf_byte(word, rest->p[0]);
			*rest = str_sub(*rest, 1, rest->n);
		} else if (c == quote) {
			quote = '\0';
		} else if (quote == '\0' && (c == '"' || c == '\'')) {
			quote = c;
		} else {
			buf_byte(word, c);
		}
	}
	return true;
}

void apko_put_words(struct apko *a, const char *key, const struct node *value)
{
	struct str rest = apko_text(a, value);
	bool is_first = true;

	if (rest.n == 0)
		return;
	buf_fmt(a->out, "%s: [", key);
	for (;;) {
		AUTO_BUF struct buf word = buf_growing(rest.n + 1);

		if (!apko_word(&rest, &word))
			break;
		buf_text(a->out, is_first ? "" : ", ");
		apko_quote(a, buf_view(&word));
		is_first = false;
	}
	buf_text(a->out, "]\n");
}
