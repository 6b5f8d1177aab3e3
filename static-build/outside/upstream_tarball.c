/*
 * upstream_tarball - a tarball beside the tree whose name is the tree's.
 *
 * Which name and version that is, is read from "NAME-VERSION"; that the tree
 * was unpacked from the tarball is not proven.
 */
#include "static-build/outside/upstream_tarball.h"

#include "lib/base/buf.h"

enum { TARBALL_NAME_MAX = 512 };

/* Where "-VERSION" begins: the first dash before a digit. */
static size_t tarball_split(struct str name)
{
	for (size_t i = 1; i + 1 < name.n; i++)
		if (name.p[i] == '-' && name.p[i + 1] >= '0' &&
			name.p[i + 1] <= '9')
			return i;
	return name.n;
}

static int tarball_try(const struct place *p, struct upstream *s,
	const char *suffix, struct err *e)
{
	char memory[TARBALL_NAME_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_str(&b, s->package);
	if (s->version.n > 0)
		buf_fmt(&b, "-%.*s", STR_ARG(s->version));
	buf_text(&b, suffix);
	return b.full ? 0
		      : upstream_add_file(
				p, buf_view(&b), (struct str){0}, s, e);
}

int upstream_tarball(const struct place *p, struct upstream *s, struct err *e)
{
	static const char *const suffixes[] = {".tar.gz", ".tgz", ".tar.xz",
		".tar.bz2", ".tar.zst", ".tar.lz", ".tar"};
	struct str name = str_base_name(str_of(p->root));
	size_t dash = tarball_split(name);

	s->package = str_sub(name, 0, dash);
	s->version = str_sub(name, dash + 1, name.n);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (tarball_try(p, s, suffixes[i], e) < 0)
			return -1;
	if (s->n_files == 0)
		return 0;
	s->kind = UPSTREAM_TARBALL;
	s->name = s->files[0].name;
	return 1;
}
