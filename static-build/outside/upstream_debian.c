/*
 * upstream_debian - the first line of debian/changelog names package and
 * version; the .dsc beside the tree says which files it was unpacked from, and
 * their digests (deb-changelog(5), dsc(5)).
 */
#include "static-build/outside/upstream_debian.h"

#include "lib/base/buf.h"
#include "lib/base/fd.h"

#include <limits.h>
#include <unistd.h>

enum { DEBIAN_TEXT_MAX = 16 << 20, DEBIAN_NAME_MAX = 256 };

/* A file of the tree or beside it as a text; empty when it is not there. */
static int debian_read(const struct place *p, struct str dir, const char *name,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(PATH_MAX);
	AUTO_BUF struct buf text = buf_growing(DEBIAN_TEXT_MAX);

	*out = (struct str){0};
	buf_fmt(&path, "%.*s/%s", STR_ARG(dir), name);
	if (access(buf_cstr(&path), R_OK) < 0)
		return 0;
	if (file_read(buf_cstr(&path), &text, e) < 0)
		return -1;
	*out = (struct str){arena_copy(p->arena, buf_view(&text)), text.n};
	return out->p == NULL ? place_no_memory(e) : 0;
}

/* "dropbear (2022.83-1) unstable; urgency=medium" */
static bool debian_title(struct str text, struct upstream *s)
{
	struct str line, name, version;

	if (!str_cut(&text, '\n', &line) || !str_cut(&line, '(', &name) ||
		line.n == 0 || !str_cut(&line, ')', &version))
		return false;
	s->package = str_trim(name);
	s->version = str_trim(version);
	return s->package.n > 0 && s->version.n > 0;
}

/* " DIGEST SIZE NAME" below "Checksums-Sha256:". */
static int debian_checksums(const struct place *p, struct str text,
	struct upstream *s, struct err *e)
{
	bool is_in = false;
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		struct str digest, size;

		if (line.n == 0 || line.p[0] != ' ') {
			is_in = str_has_prefix(line, STR("Checksums-Sha256:"));
			continue;
		}
		line = str_trim(line);
		if (!is_in || !str_cut(&line, ' ', &digest) ||
			!str_cut(&line, ' ', &size) ||
			str_find(line, '/') < line.n)
			continue;
		if (upstream_add_file(p, line, digest, s, e) < 0)
			return -1;
	}
	return 0;
}

/* The epoch is no part of names of files. */
static int debian_dsc(const struct place *p, struct upstream *s, struct err *e)
{
	size_t epoch = str_find(s->version, ':');
	struct str version = s->version, text;
	char memory[DEBIAN_NAME_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (epoch < version.n)
		version = str_sub(version, epoch + 1, version.n);
	buf_fmt(&b, "%.*s_%.*s.dsc", STR_ARG(s->package), STR_ARG(version));
	if (b.full)
		return 0;
	if (debian_read(p, upstream_beside(p), buf_cstr(&b), &text, e) < 0)
		return -1;
	if (text.n == 0)
		return 0;
	if (upstream_add_file(p, buf_view(&b), (struct str){0}, s, e) < 0 ||
		debian_checksums(p, text, s, e) < 0)
		return -1;
	if (s->n_files > 0) {
		s->files[0].is_as_stated = true; /* it states itself */
		s->name = s->files[0].name;
	}
	return 0;
}

int upstream_debian(const struct place *p, struct upstream *s, struct err *e)
{
	struct str text;

	if (debian_read(p, str_of(p->root), "debian/changelog", &text, e) < 0)
		return -1;
	if (text.n == 0 || !debian_title(text, s))
		return 0;
	s->kind = UPSTREAM_DEBIAN;
	return debian_dsc(p, s, e) < 0 ? -1 : 1;
}
