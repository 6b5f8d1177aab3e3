/*
 * words - command lines as text; no file but an @file is opened.
 *
 * The scan of shell commands finds too much on purpose: its caller keeps only
 * words that name files.
 */
#include "static-build/record/words.h"

#include "lib/base/fd.h"

#include <string.h>

#define RESPONSE_MAX_BYTES (8u << 20)

static int push(struct words *w, size_t *room, struct arena *a, char *word,
	struct err *e)
{
	char **list;

	if (w->n >= WORDS_MAX)
		return err_kind(e, ERR_LIMIT, "more than %u words", WORDS_MAX);
	list = arena_grow(a, w->list, w->n + 1, room, sizeof *list);
	if (!list || !word)
		return err_kind(e, ERR_LIMIT, "out of memory");
	w->list = list;
	list[w->n++] = word;
	list[w->n] = NULL;
	return 0;
}

bool words_has(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' ||
	       c == '\v';
}

/* Take one word as libiberty's buildargv does; its length may be 0. */
static void take_quoted(struct str *s, struct buf *word)
{
	char quote = 0;

	for (; s->n; *s = str_sub(*s, 1, s->n)) {
		char c = s->p[0];

		if (!quote && is_blank(c))
			return;
		if (c == '\\' && quote != '\'' && s->n > 1) {
			*s = str_sub(*s, 1, s->n);
			buf_byte(word, s->p[0]);
		} else if (quote ? c == quote : (c == '\'' || c == '"')) {
			quote = quote ? 0 : c;
		} else {
			buf_byte(word, c);
		}
	}
}

static int split_into(struct str text, struct arena *a, struct words *out,
	size_t *room, struct err *e)
{
	AUTO_BUF struct buf word = buf_growing(RESPONSE_MAX_BYTES);

	for (;;) {
		while (text.n && is_blank(text.p[0]))
			text = str_sub(text, 1, text.n);
		if (!text.n)
			return 0;
		buf_reset(&word);
		take_quoted(&text, &word);
		if (push(out, room, a, arena_copy(a, buf_view(&word)), e) < 0)
			return -1;
	}
}

int words_split(
	struct str text, struct arena *a, struct words *out, struct err *e)
{
	size_t room = 0;

	*out = (struct words){NULL, 0};
	return split_into(text, a, out, &room, e);
}

int words_expand(
	char *const *argv, struct arena *a, struct words *out, struct err *e)
{
	size_t room = 0;

	*out = (struct words){NULL, 0};
	for (size_t i = 0; argv[i]; i++) {
		AUTO_BUF struct buf b = buf_growing(RESPONSE_MAX_BYTES);
		int rc;

		if (argv[i][0] == '@' && file_read(argv[i] + 1, &b, NULL) == 0)
			rc = split_into(buf_view(&b), a, out, &room, e);
		else
			rc = push(out, &room, a, arena_copy(a, str_of(argv[i])),
				e);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static bool is_separator(char c)
{
	return is_blank(c) || strchr(";&|<>()'\"`,", c);
}

static bool is_known(const struct words *w, struct str s)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_is(s, w->list[i]))
			return true;
	return false;
}

static int scan_word(struct str word, struct arena *a, struct words *out,
	size_t *room, struct err *e)
{
	if (word.n < 2 || word.p[0] == '-' ||
		str_has_prefix(word, STR("/dev/")) || is_known(out, word))
		return 0;
	return push(out, room, a, arena_copy(a, word), e);
}

int words_scan(
	struct str command, struct arena *a, struct words *out, struct err *e)
{
	size_t room = 0;

	*out = (struct words){NULL, 0};
	while (command.n) {
		size_t n = 0, equals;
		struct str word;

		while (n < command.n && !is_separator(command.p[n]))
			n++;
		word = str_sub(command, 0, n);
		command = str_sub(command, n + 1, command.n);
		equals = str_find(word, '=');
		if (scan_word(word, a, out, &room, e) < 0 ||
			scan_word(str_sub(word, equals + 1, word.n), a, out,
				&room, e) < 0)
			return -1;
	}
	return 0;
}
