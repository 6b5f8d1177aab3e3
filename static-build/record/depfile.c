/*
 * depfile - GNU make's rules for names, as far as compilers use them: escapes
 * and continued lines, no variables, no patterns.
 */
#include "static-build/record/depfile.h"

static void drop(struct str *s, size_t n)
{
	*s = str_sub(*s, n, s->n);
}

/* How many bytes a line continued at the front takes; 0: none. */
static size_t continuation(struct str s)
{
	if (s.n >= 2 && s.p[0] == '\\' && s.p[1] == '\n')
		return 2;
	if (s.n >= 3 && s.p[0] == '\\' && s.p[1] == '\r' && s.p[2] == '\n')
		return 3;
	return 0;
}

static void skip_blanks(struct str *s)
{
	while (s->n) {
		size_t n = continuation(*s);

		if (!n && (s->p[0] == ' ' || s->p[0] == '\t'))
			n = 1;
		if (!n)
			return;
		drop(s, n);
	}
}

/* One byte of a name into *c; how many bytes it took, 0 at the name's end. */
static size_t name_byte(struct str s, char *c)
{
	if (!s.n || continuation(s) || s.p[0] == ' ' || s.p[0] == '\t' ||
		s.p[0] == '\n' || s.p[0] == '\r')
		return 0;
	*c = s.p[0];
	if (s.n < 2)
		return 1;
	if (s.p[0] == '$' && s.p[1] == '$')
		return 2;
	if (s.p[0] == '\\' && (s.p[1] == ' ' || s.p[1] == '#' ||
				      s.p[1] == '\\' || s.p[1] == ':')) {
		*c = s.p[1];
		return 2;
	}
	return 1;
}

static bool take_name(struct str *rest, struct buf *name)
{
	size_t n;
	char c;

	buf_reset(name);
	skip_blanks(rest);
	while ((n = name_byte(*rest, &c))) {
		buf_byte(name, c);
		drop(rest, n);
	}
	return name->n != 0;
}

bool depfile_start(struct str *rest)
{
	while (rest->n) {
		bool is_colon = rest->p[0] == ':';
		char c;
		size_t n = name_byte(*rest, &c);

		drop(rest, n ? n : 1);
		/* a colon inside a name is not followed by a blank */
		if (is_colon &&
			(!rest->n || rest->p[0] == ' ' || rest->p[0] == '\t' ||
				rest->p[0] == '\n' || continuation(*rest)))
			return true;
	}
	return false;
}

bool depfile_next(struct str *rest, struct buf *name)
{
	return take_name(rest, name);
}
