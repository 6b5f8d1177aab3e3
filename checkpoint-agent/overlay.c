/*
 * overlay - see overlay.h.
 *
 * The kernel prints the options as they were given: absolute paths, or (with
 * very many layers, podman) lower ones relative to the directory that holds
 * all layers, two levels above the upper directory.
 */
#include "checkpoint-agent/overlay.h"

#include "checkpoint-agent/resolve/mountinfo.h"
#include "lib/base/buf.h"

#include <limits.h>

/* "/a/overlay/ID/diff" -> "/a/overlay": relative lower layers start there. */
static struct str home_of(struct str upper)
{
	for (int up = 0; up < 2; up++)
		while (upper.n && upper.p[--upper.n] != '/')
			;
	return upper;
}

static const char *lower_path(
	struct arena *a, struct str upper, struct str lower)
{
	AUTO_BUF struct buf b = buf_growing(PATH_MAX);

	if (lower.n && lower.p[0] != '/') {
		buf_str(&b, home_of(upper));
		buf_byte(&b, '/');
	}
	buf_str(&b, lower);
	return b.full ? NULL : arena_copy(a, buf_view(&b));
}

static int take_lowers(struct arena *a, struct str upper, struct str list,
	struct overlay *l, struct err *e)
{
	struct str one;

	while (str_cut(&list, ':', &one)) {
		if (one.n == 0)
			continue; /* "::" stands before data-only layers */
		if (l->lower_count == OVERLAY_LOWER_MAX)
			return err_kind(e, ERR_LIMIT, "too many layers");
		l->lower[l->lower_count] = lower_path(a, upper, one);
		if (!l->lower[l->lower_count++])
			return err_kind(e, ERR_LIMIT, "layer: path too long");
	}
	return 0;
}

int overlay_parse(
	struct str mountinfo, struct arena *a, struct overlay *l, struct err *e)
{
	struct mountinfo root;
	struct str upper, lowers = {0};
	int found = mountinfo_at(mountinfo, STR("/"), &root, e);
	char *decoded;

	*l = (struct overlay){0};
	if (found <= 0)
		return found;
	if (!str_is(root.type, "overlay") ||
		!mountinfo_option(root.options, STR("upperdir"), &upper))
		return 0;
	mountinfo_option(root.options, STR("lowerdir"), &lowers);
	l->upper = mountinfo_decode(a, upper);
	decoded = mountinfo_decode(a, lowers);
	if (!l->upper || !decoded)
		return err_kind(e, ERR_LIMIT, "layers: no memory");
	return take_lowers(a, upper, str_of(decoded), l, e) < 0 ? -1 : 1;
}
