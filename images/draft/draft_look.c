/*
 * draft_look - of several build systems the first in the table counts: what
 * upstream generated and shipped needs the fewest tools.
 */
#include "images/draft/draft_look.h"

static const struct draft_sign {
	enum draft_kind kind;
	const char *file, *beside; /* both are there; beside may be NULL */
	const char *name;
} draft_signs[] = {
	{DRAFT_AUTOCONF, "configure", "configure.ac", "autoconf"},
	{DRAFT_AUTOCONF, "configure", "configure.in", "autoconf"},
	{DRAFT_CONFIGURE, "configure", NULL, "a configure script of its own"},
	{DRAFT_CMAKE, "CMakeLists.txt", NULL, "CMake"},
	{DRAFT_MESON, "meson.build", NULL, "Meson"},
	{DRAFT_AUTORECONF, "configure.ac", NULL, "autoconf, to be generated"},
	{DRAFT_MAKE, "GNUmakefile", NULL, "make"},
	{DRAFT_MAKE, "Makefile", NULL, "make"},
	{DRAFT_MAKE, "makefile", NULL, "make"},
};

#define DRAFT_SIGNS (sizeof(draft_signs) / sizeof(*draft_signs))

const char *draft_kind_name(enum draft_kind kind)
{
	for (size_t i = 0; i < DRAFT_SIGNS; i++)
		if (draft_signs[i].kind == kind)
			return draft_signs[i].name;
	return "no build system that is known";
}

/* Is this file at the top?  Names may begin with "./". */
static bool draft_has(struct str names, const char *file)
{
	struct str name, first;

	while (file != NULL && str_cut(&names, '\n', &name)) {
		if (str_has_prefix(name, STR("./")))
			name = str_sub(name, 2, name.n);
		if (str_cut(&name, '/', &first) && str_is(name, file))
			return true;
	}
	return file == NULL;
}

void draft_look(struct draft *d, struct str names)
{
	struct str rest = names, name;

	str_cut(&rest, '\n', &name);
	if (str_has_prefix(name, STR("./")))
		name = str_sub(name, 2, name.n);
	str_cut(&name, '/', &d->top);
	d->kind = DRAFT_UNKNOWN;
	for (size_t i = 0; i < DRAFT_SIGNS; i++) {
		const struct draft_sign *s = &draft_signs[i];

		if (!draft_has(names, s->file) || !draft_has(names, s->beside))
			continue;
		d->kind = s->kind;
		if (s->kind == DRAFT_MAKE)
			d->makefile = str_of(s->file);
		return;
	}
}

/* "a (>= 1) [amd64] <!nocheck> | b": the name, when it is one of a library. */
static bool draft_is_library(struct str one, struct str *name)
{
	size_t n = 0;

	one = str_trim(one);
	while (n < one.n && one.p[n] != ' ' && one.p[n] != '(' &&
		one.p[n] != '[' && one.p[n] != '|' && one.p[n] != ':' &&
		one.p[n] != '\n')
		n++;
	*name = str_sub(one, 0, n);
	for (size_t i = 0; i < n; i++)
		if (name->p[i] <= ' ' || name->p[i] > '~')
			return false;
	return str_has_suffix(*name, STR("-dev")) && !str_is(*name, "dpkg-dev");
}

void draft_libraries(struct str depends, struct buf *out)
{
	struct str one, name;

	while (str_cut(&depends, ',', &one))
		if (draft_is_library(one, &name))
			buf_fmt(out, " %.*s", STR_ARG(name));
}
