/*
 * notice_read - bounded reads into the model's arena.
 */
#include "sbom/notice/notice_read.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <unistd.h>

enum { NOTICE_HEAD_BYTES = 8192 };

static const char *const notice_own_names[] = {"LICENSE", "LICENSE.txt",
	"LICENSE.md", "LICENCE", "LICENCE.txt", "COPYING", "COPYRIGHT"};

/* ROOT/PATH, or an absolute PATH. */
static void notice_path(struct buf *b, const struct model *m, struct str path)
{
	if (!str_has_prefix(path, STR("/")))
		buf_fmt(b, "%s/",
			m->evidence.is_outside ? m->evidence.root
					       : m->request->root);
	buf_str(b, path);
}

static int notice_take(
	const struct model *m, struct str text, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(m->arena, text), text.n};
	return out->p == NULL ? model_no_memory(e) : 0;
}

/* At most that many bytes of a file. */
static int notice_read_some(int fd, struct buf *out, size_t most, struct err *e)
{
	char *to = buf_room(out, most);
	ssize_t got = -1;

	out->n -= to != NULL ? most : 0;
	while (to != NULL && out->n < most && got != 0) {
		got = read(fd, to + out->n, most - out->n);
		if (got < 0)
			return err_sys(e, "read");
		out->n += (size_t)got;
	}
	return to == NULL ? err_kind(e, ERR_LIMIT, "no memory for a source")
			  : 0;
}

int notice_read_head(const struct model *m, const struct model_source *s,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf head = buf_growing(NOTICE_HEAD_BYTES);
	char path[NOTICE_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	*out = (struct str){0};
	notice_path(&b, m, s->file->file.path);
	AUTO_FD int fd = open(buf_cstr(&b), O_RDONLY | O_CLOEXEC);
	if (fd < 0 && m->evidence.is_outside)
		return 0;
	if (fd < 0)
		return err_sys(e, "%s", path);
	if (notice_read_some(fd, &head, NOTICE_HEAD_BYTES, e) < 0)
		return err_at(e, "%s", path);
	return notice_take(m, buf_view(&head), out, e);
}

static int notice_read_file(
	const struct model *m, const char *path, struct str *out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(NOTICE_TEXT_MAX);

	if (file_read(path, &text, e) < 0)
		return -1;
	return notice_take(m, buf_view(&text), out, e);
}

int notice_read_manifest(const struct model *m, const struct evidence_file *f,
	struct str *out, struct err *e)
{
	char path[NOTICE_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));

	notice_path(&b, m, f->path);
	if (notice_read_file(m, buf_cstr(&b), out, e) < 0)
		return -1;
	sha256_hex(*out, hex);
	return str_is(f->sha256, hex)
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "%s has changed since it was unpacked: sha256 "
				 "is %s, was %.*s",
				 path, hex, STR_ARG(f->sha256));
}

int notice_read_binary(const struct model *m, const struct lock_line *line,
	struct str *out, struct err *e)
{
	char path[NOTICE_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));
	const char *dir = m->request->packages;
	struct str name = line->name;

	*out = (struct str){0};
	if (str_has_suffix(name, STR(".deb")))
		name.n -= 4;
	if (dir == NULL)
		buf_fmt(&b, "%s/build/work/packages", m->request->root);
	else
		buf_text(&b, dir);
	buf_fmt(&b, "/%.*s/usr/share/doc/%.*s/copyright", STR_ARG(name),
		STR_ARG(line->package));
	if (access(buf_cstr(&b), R_OK) < 0)
		return 0;
	return notice_read_file(m, path, out, e);
}

int notice_read_own(const struct model *m, const char **name, struct str *out,
	struct err *e)
{
	size_t n = sizeof(notice_own_names) / sizeof(*notice_own_names);
	char path[NOTICE_PATH_BYTES];

	*out = (struct str){0};
	for (size_t i = 0; i < n; i++) {
		struct buf b = buf_fixed(path, sizeof(path));

		buf_fmt(&b, "%s/%s", m->request->root, notice_own_names[i]);
		if (access(buf_cstr(&b), R_OK) < 0)
			continue;
		*name = notice_own_names[i];
		return notice_read_file(m, path, out, e);
	}
	return 0;
}

bool notice_is_licence_file(struct str base)
{
	static const char *const names[] = {
		"COPYING", "COPYRIGHT", "LICENCE", "LICENSE"};
	size_t n = sizeof(names) / sizeof(*names);

	for (size_t i = 0; i < n; i++) {
		struct str name = str_of(names[i]);

		if (base.n >= name.n && str_ieq(str_sub(base, 0, name.n), name))
			return true;
	}
	return false;
}
