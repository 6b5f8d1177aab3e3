/*
 * overlay - find the mount by its device, then take its options apart.
 *
 * The options are those given to mount(2) or fsconfig(2), with the kernel's
 * octal escapes upon them (seq_show_option() in linux/seq_file.h):
 *
 *   upperdir=PATH        "\X" means X
 *   lowerdir=A:B::C      the same, cut at ':'; what follows "::" holds only
 *                        content of files, which no directory shows
 *   lowerdir+=PATH       one layer (Linux 6.8), taken as it is
 *   datadir+=PATH        one layer with content only
 *
 * (kernel: filesystems/overlayfs.rst).  When there are very many layers,
 * runtimes change to the directory that holds all of them and give paths
 * relative to it: it is two levels above the upper directory, and above the
 * mount point when that is relative too.
 */
#include "checkpoint-agent/node/overlay.h"

#include "checkpoint-agent/node/mountinfo.h"
#include "lib/base/buf.h"

#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

/* "/a/overlay/ID/diff" -> "/a/overlay", where relative paths start. */
static struct str layers_dir(struct str path)
{
	for (int up = 0; up < 2; up++)
		while (path.n && path.p[--path.n] != '/')
			;
	return path;
}

/* Copy, "\X" becoming X, up to a ':' that stands alone; *s moves behind it. */
static void take_path(struct str *s, bool is_list, struct buf *out)
{
	size_t i;

	for (i = 0; i < s->n && !(is_list && s->p[i] == ':'); i++) {
		if (s->p[i] == '\\' && i + 1 < s->n)
			i++;
		buf_byte(out, s->p[i]);
	}
	*s = str_sub(*s, i + 1, s->n);
}

static const char *absolute(
	const struct overlay *l, struct arena *a, struct str path)
{
	AUTO_BUF struct buf b = buf_growing(2 * PATH_MAX);

	if (path.n && path.p[0] != '/') {
		buf_str(&b, layers_dir(str_of(l->upper ? l->upper : l->at)));
		buf_byte(&b, '/');
	}
	buf_str(&b, path);
	return b.full ? NULL : arena_copy(a, buf_view(&b));
}

static int add_lower(
	struct overlay *l, struct arena *a, struct str path, struct err *e)
{
	if (l->lower_count == OVERLAY_LOWER_MAX)
		return err_kind(e, ERR_LIMIT,
			"overlay: more than %d lower layers",
			OVERLAY_LOWER_MAX);
	l->lower[l->lower_count] = absolute(l, a, path);
	if (!l->lower[l->lower_count++])
		return err_kind(
			e, ERR_LIMIT, "overlay: path of a layer too long");
	return 0;
}

static int add_list(
	struct overlay *l, struct arena *a, struct str list, struct err *e)
{
	while (list.n && list.p[0] != ':') {
		AUTO_BUF struct buf b = buf_growing(PATH_MAX);

		take_path(&list, true, &b);
		if (b.full)
			return err_kind(e, ERR_LIMIT,
				"overlay: path of a layer too long");
		if (add_lower(l, a, buf_view(&b), e) < 0)
			return -1;
	}
	return 0;
}

static int take_upper(
	struct overlay *l, struct arena *a, struct str path, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(PATH_MAX);

	take_path(&path, false, &b);
	l->upper = b.full ? NULL : absolute(l, a, buf_view(&b));
	return l->upper ? 0
			: err_kind(e, ERR_LIMIT,
				  "overlay: path of the upper directory too "
				  "long");
}

static int take_lower(struct overlay *l, struct arena *a, struct str key,
	struct str value, struct err *e)
{
	const char *text;

	if (!str_is(key, "lowerdir") && !str_is(key, "lowerdir+"))
		return 0;
	text = mountinfo_decode(a, value);
	if (!text)
		return err_kind(e, ERR_LIMIT, "overlay: options too long");
	return str_is(key, "lowerdir") ? add_list(l, a, str_of(text), e)
				       : add_lower(l, a, str_of(text), e);
}

static int take_lowers(
	struct overlay *l, struct arena *a, struct str options, struct err *e)
{
	struct str value, key;

	while (str_cut(&options, ',', &value))
		if (str_cut(&value, '=', &key) &&
			take_lower(l, a, key, value, e) < 0)
			return -1;
	if (l->lower_count)
		return 0;
	return err_kind(e, ERR_INPUT,
		"overlay at %s: its options name no lower layer", l->at);
}

static bool has_word(struct str options, const char *word)
{
	struct str one;

	while (str_cut(&options, ',', &one))
		if (str_is(one, word))
			return true;
	return false;
}

/* 1, 0 when it has no upper directory, or -1. */
static int parse_mount(const struct mountinfo *m, struct arena *a,
	struct overlay *l, struct err *e)
{
	struct str upper;
	const char *text;

	if (!mountinfo_option(m->options, STR("upperdir"), &upper))
		return 0;
	*l = (struct overlay){
		.has_user_marks = has_word(m->options, "userxattr")};
	l->at = mountinfo_decode(a, m->at);
	text = mountinfo_decode(a, upper);
	if (!l->at || !text)
		return err_kind(e, ERR_LIMIT, "overlay: options too long");
	if (take_upper(l, a, str_of(text), e) < 0 ||
		take_lowers(l, a, m->options, e) < 0)
		return -1;
	return 1;
}

int overlay_find(struct str table, struct str device, struct arena *a,
	struct overlay *l, struct err *e)
{
	struct mountinfo m;
	int more;

	*l = (struct overlay){0};
	while ((more = mountinfo_next(&table, &m, e)) == 1)
		if (str_is(m.type, "overlay") && str_eq(m.device, device) &&
			str_is(m.root, "/"))
			return parse_mount(&m, a, l, e);
	return more;
}

int overlay_device(uint32_t pid, char device[32], struct err *e)
{
	char path[64];
	struct stat st;
	struct statfs fs;

	snprintf(path, sizeof(path), "/proc/%u/root", pid);
	if (stat(path, &st) < 0 || statfs(path, &fs) < 0)
		return err_sys(e, "%s", path);
	snprintf(device, 32, "%u:%u", major(st.st_dev), minor(st.st_dev));
	return fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

bool overlay_has_mark(
	const struct overlay *l, int fd, const char *mark, char value)
{
	char self[64], name[64], text[PATH_MAX];
	ssize_t n;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	snprintf(name, sizeof(name), "%s.overlay.%s",
		l->has_user_marks ? "user" : "trusted", mark);
	n = getxattr(self, name, text, sizeof(text));
	return n >= 0 && (value == '\0' || (n == 1 && text[0] == value));
}
