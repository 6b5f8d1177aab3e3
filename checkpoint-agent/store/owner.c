/*
 * owner - fsetxattr(2) and fgetxattr(2) on one text of three names, or a file.
 */
#include "checkpoint-agent/store/owner.h"

#include "checkpoint-agent/store/beside.h"
#include "lib/base/regular.h"

#include <limits.h>
#include <stdio.h>
#include <sys/xattr.h>

#define OWNER_BYTES 512

static void put(struct buf *b, const struct archive_name *n)
{
	buf_fmt(b, "%.*s/%.*s/%.*s", STR_ARG(n->namespace), STR_ARG(n->pod),
		STR_ARG(n->container));
}

bool owner_write(int fd, const struct archive_name *names)
{
	char text[OWNER_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	put(&b, names);
	return !b.full && fsetxattr(fd, OWNER_ATTRIBUTE, b.p, b.n, 0) == 0;
}

int owner_write_beside(int dir, const char *file,
	const struct archive_name *names, int *lock, struct err *e)
{
	char text[OWNER_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	put(&b, names);
	if (b.full)
		return err_kind(e, ERR_LIMIT, "%s: names are too long", file);
	return beside_write(&(struct beside){dir, file, BESIDE_OWNER},
		buf_view(&b), lock, e);
}

static struct str read_beside(int dir, const char *file, struct buf *b)
{
	char name[NAME_MAX + 1];
	int n = snprintf(name, sizeof(name), "%s" BESIDE_OWNER, file);

	if (n < 0 || n > NAME_MAX || regular_read_at(dir, name, b, NULL) < 0)
		return (struct str){0};
	return buf_view(b);
}

struct str owner_read(int dir, const char *file, int fd, struct arena *a)
{
	char text[OWNER_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));
	ssize_t n = fgetxattr(fd, OWNER_ATTRIBUTE, text, sizeof(text));
	struct str owner = n > 0 ? (struct str){text, (size_t)n}
				 : read_beside(dir, file, &b);

	if (!owner.n || !archive_name_is_of(str_of(file),
				owner_name(owner, OWNER_NAMESPACE),
				owner_name(owner, OWNER_POD),
				owner_name(owner, OWNER_CONTAINER)))
		return (struct str){0};
	return str_of(arena_copy(a, owner));
}

struct str owner_name(struct str owner, enum owner_part part)
{
	struct str name = {0};

	for (unsigned i = 0; i <= part; i++)
		if (!str_cut(&owner, '/', &name))
			return (struct str){0};
	return name;
}
