/*
 * accounts - the users and groups of an image: /etc/passwd and /etc/group, and
 * names where numbers are needed.
 *
 * root with its group is always there.  A user whose group has no name of its
 * own gets one of the user's name, as useradd(8) makes it.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_ACCOUNTS_H
#define KEELSON_IMAGES_ASSEMBLE_ACCOUNTS_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#define ACCOUNTS_MAX        1000
#define ACCOUNTS_TEXT_BYTES ((size_t)1 << 20)

struct account {
	struct str name;
	uint32_t uid, gid; /* of a group uid is not used */
	struct str home, shell, comment;
	const struct node *members; /* of a group: texts, or NULL */
};

struct accounts {
	bool is_given;                  /* the definition has `accounts` */
	struct account *users, *groups; /* in the arena, by their numbers */
	size_t n_users, n_groups;
	const struct account *run_as; /* a user; or NULL */
};

/*
 * From the definition's `accounts`, which may be NULL. 0, or -1 with the line:
 * a name or a number given twice, a member or `run-as` that is no user.
 */
int accounts_read(const struct node *n, struct arena *a, struct accounts *out,
	struct err *e);

/*
 * "UID:GID" by numbers or names; "NAME" is a user with its group.  NULL gives
 * 0:0. 0, or -1 with the line: no such account.
 */
int accounts_owner(const struct accounts *as, const struct node *n,
	uint32_t *uid, uint32_t *gid, struct err *e);

/* The lines of passwd(5) and group(5). */
void accounts_passwd(const struct accounts *as, struct buf *out);
void accounts_group(const struct accounts *as, struct buf *out);

#endif
