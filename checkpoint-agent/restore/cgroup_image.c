/*
 * cgroup_image - copy ids, names and flags; write every path anew.
 *
 * A process belongs to a set, which has a path in each hierarchy; a directory
 * of the same path says what is to be made there.  CRIU replaces the beginning
 * of both by the runtime's path where they are alike, but for the slash that
 * only the first has.  Field numbers are those of CRIU's images/cgroup.proto.
 */
#include "checkpoint-agent/restore/cgroup_image.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/node/cgroup.h"
#include "lib/base/pb.h"

#define ENTRY_BYTES_MAX ((size_t)16 << 20)
#define NAMES_BYTES     256

enum {
	ENTRY_SET = 1,
	ENTRY_CONTROLLER = 2,
	SET_ID = 1,
	SET_MEMBER = 2,
	MEMBER_NAME = 1,
	MEMBER_PATH = 2,
	MEMBER_PREFIX = 3, /* how much of it a cgroup namespace hides */
	CONTROLLER_NAME = 1,
	CONTROLLER_DIR = 2,
	CONTROLLER_THREADED = 3,
	DIR_NAME = 1,
};

/* Is a hierarchy of the node called so ("cpu,cpuacct", "name=systemd", "")? */
static bool has_hierarchy(struct str hierarchies, struct str name)
{
	struct cgroup c;

	while (cgroup_next(&hierarchies, &c))
		if (str_eq(c.controllers, name))
			return true;
	return false;
}

/* ---- sets --------------------------------------------------------------- */

static void put_member(
	struct buf *b, struct str member, const struct cgroup_image_node *node)
{
	AUTO_BUF struct buf m = buf_growing(ENTRY_BYTES_MAX);
	AUTO_BUF struct buf path = buf_growing(ENTRY_BYTES_MAX);
	struct str name = img_bytes(member, MEMBER_NAME);

	if (!has_hierarchy(node->hierarchies, name))
		return;
	buf_byte(&path, '/');
	buf_str(&path, node->name);
	pb_bytes(&m, MEMBER_NAME, name);
	pb_bytes(&m, MEMBER_PATH, buf_view(&path));
	if (img_u32(member, MEMBER_PREFIX))
		pb_whole(&m, MEMBER_PREFIX, path.n);
	pb_bytes(b, SET_MEMBER, buf_view(&m));
	b->full |= m.full || path.full;
}

static int put_set(struct buf *b, struct str set,
	const struct cgroup_image_node *node, struct err *e)
{
	AUTO_BUF struct buf s = buf_growing(ENTRY_BYTES_MAX);
	struct pb_field f;
	int more;

	pb_whole(&s, SET_ID, img_u32(set, SET_ID));
	while ((more = pb_next(&set, &f, e)) == 1)
		if (f.number == SET_MEMBER && f.type == PB_BYTES)
			put_member(&s, f.bytes, node);
	pb_bytes(b, ENTRY_SET, buf_view(&s));
	b->full |= s.full;
	return more;
}

/* ---- controllers -------------------------------------------------------- */

/* Its names, as /proc/PID/cgroup has them: joined by commas. */
static int join_names(
	struct str controller, struct buf *names, struct buf *c, struct err *e)
{
	struct pb_field f;
	bool is_first = true;
	int more;

	while ((more = pb_next(&controller, &f, e)) == 1) {
		if (f.number != CONTROLLER_NAME || f.type != PB_BYTES)
			continue;
		if (!is_first)
			buf_byte(names, ',');
		is_first = false;
		buf_str(names, f.bytes);
		pb_bytes(c, CONTROLLER_NAME, f.bytes);
	}
	return more;
}

static int put_controller(struct buf *b, struct str controller,
	const struct cgroup_image_node *node, struct err *e)
{
	AUTO_BUF struct buf c = buf_growing(ENTRY_BYTES_MAX);
	AUTO_BUF struct buf dir = buf_growing(ENTRY_BYTES_MAX);
	char room[NAMES_BYTES];
	struct buf names = buf_fixed(room, sizeof(room));

	if (join_names(controller, &names, &c, e) < 0)
		return -1;
	if (names.full || c.n == 0 ||
		!has_hierarchy(node->hierarchies, buf_view(&names)))
		return 0;
	pb_bytes(&dir, DIR_NAME, node->name);
	pb_bytes(&c, CONTROLLER_DIR, buf_view(&dir));
	if (img_u32(controller, CONTROLLER_THREADED))
		pb_whole(&c, CONTROLLER_THREADED, 1);
	pb_bytes(b, ENTRY_CONTROLLER, buf_view(&c));
	b->full |= c.full || dir.full;
	return 0;
}

/* ------------------------------------------------------------------------- */

static int put_entry(struct buf *b, struct str entry,
	const struct cgroup_image_node *node, struct err *e)
{
	struct pb_field f;
	int more;

	while ((more = pb_next(&entry, &f, e)) == 1) {
		if (f.type != PB_BYTES)
			continue;
		if (f.number == ENTRY_SET && put_set(b, f.bytes, node, e) < 0)
			return -1;
		if (f.number == ENTRY_CONTROLLER &&
			put_controller(b, f.bytes, node, e) < 0)
			return -1;
	}
	return more;
}

int cgroup_image_tame(struct str image, const struct cgroup_image_node *node,
	struct buf *out, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(ENTRY_BYTES_MAX);
	struct str rest = image, entry;
	int more;

	if (img_open(&rest, IMG_CGROUP, e) < 0)
		return -1;
	buf_put(out, image.p, image.n - rest.n);
	more = img_next(&rest, &entry, e);
	if (more <= 0)
		return more;
	if (put_entry(&b, entry, node, e) < 0)
		return -1;
	img_put(out, buf_view(&b));
	if (b.full || out->full)
		return err_kind(e, ERR_LIMIT, "too large");
	return 0;
}
