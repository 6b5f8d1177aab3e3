/*
 * update_compare - the latest version of each package, and what its changelog
 * and its series of patches say.
 */
#include "images/fresh/update.h"

#include "images/fresh/member.h"
#include "lib/base/fd.h"
#include "sbom/audit/debversion.h"

#include <fcntl.h>
#include <string.h>

/* Is an offer of the suite that a line was pinned from, or of its kin? */
static bool update_is_of(const struct offer *o, struct str base)
{
	struct str rest = str_sub(str_of(o->suite), base.n, SIZE_MAX);

	return str_has_prefix(str_of(o->suite), base) &&
	       (rest.n == 0 || str_is(rest, "-security") ||
		       str_is(rest, "-updates"));
}

/* The latest version that is newer; a security fix below it is one, too. */
static void update_newer(const struct update *u, struct update_package *p)
{
	const struct lock_line *l = p->line;

	for (size_t i = 0; i < u->offers.n; i++) {
		const struct offer *o = &u->offers.list[i];

		if (!str_eq(o->package, l->package) ||
			o->is_binary != update_is_binary(l) ||
			!update_is_of(o, l->suite))
			continue;
		p->is_listed = true;
		if (debversion_cmp(o->version, l->version) <= 0)
			continue;
		if (strstr(o->suite, "-security") != NULL)
			p->is_security = true;
		if (p->newer == NULL ||
			debversion_cmp(o->version, p->newer->version) > 0)
			p->newer = o;
	}
}

const char *update_path(struct update *u, struct str pool_path)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	buf_fmt(&b, "%s/%.*s", u->sources, STR_ARG(str_base_name(pool_path)));
	return b.full ? NULL : arena_copy(&u->arena, buf_view(&b));
}

/* A copy that lives as long as the update; empty when there is none. */
static struct str update_keep(
	struct update *u, const char *path, const char *member)
{
	AUTO_BUF struct buf b = buf_growing(MEMBER_BYTES);
	char *copy;

	if (path == NULL)
		return (struct str){"", 0};
	member_read(path, member, &b);
	copy = arena_copy(&u->arena, buf_view(&b));
	return copy ? (struct str){copy, b.n} : (struct str){"", 0};
}

/* The pinned file, which an archive may have dropped. 1, 0 or -1. */
static int update_get_old(struct update *u, const struct lock_line *l,
	const char *path, struct err *e)
{
	const struct offer_file f = {l->path, l->sha256, l->size};

	if (path == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	return apt_file(&u->apt, &f, path, e);
}

static int update_read_news(struct update *u, struct update_package *p,
	const char *old, struct err *e)
{
	const char *new = update_path(u, p->newer->patches.path);
	int found = new == NULL ? err_kind(e, ERR_LIMIT, "out of memory")
				: apt_file(&u->apt, &p->newer->patches, new, e);

	if (found <= 0) {
		p->missing = new;
		return found;
	}
	p->has_news = true;
	if (news_changelog(&p->news, update_keep(u, new, "debian/changelog"),
		    p->line->version, e) < 0)
		return -1;
	found = update_get_old(u, p->patches, old, e);
	p->has_series = found > 0;
	if (found <= 0)
		return found;
	return news_series(&p->news,
		update_keep(u, old, "debian/patches/series"),
		update_keep(u, new, "debian/patches/series"), e);
}

/* When a .deb was made: the time of its first member (deb(5), ar(5)). */
static int64_t update_deb_date(const char *path)
{
	AUTO_FD int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char head[68];
	uint64_t made_s;

	if (fd < 0 || fd_read(fd, head, sizeof(head), NULL) < 0 ||
		memcmp(head, "!<arch>\n", 8) != 0)
		return 0;
	if (str_u64(str_trim((struct str){head + 24, 12}), 0, UINT32_MAX,
		    &made_s) < 0)
		return 0;
	return (int64_t)made_s;
}

static int update_compare_one(
	struct update *u, struct update_package *p, struct err *e)
{
	const char *old = p->patches ? update_path(u, p->patches->path) : NULL;

	if (old != NULL)
		p->date_s = news_date(update_keep(u, old, "debian/changelog"),
			p->line->version);
	else if (update_is_binary(p->line))
		p->date_s = update_deb_date(update_path(u, p->line->path));
	update_newer(u, p);
	if (p->newer == NULL || p->patches == NULL ||
		p->newer->patches.path.n == 0)
		return 0;
	return update_read_news(u, p, old, e);
}

int update_compare(struct update *u, struct err *e)
{
	if (dir_make(u->sources, 0755, e) < 0)
		return -1;
	for (size_t i = 0; i < u->n_packages; i++)
		if (update_compare_one(u, &u->packages[i], e) < 0)
			return err_at(e, "%.*s",
				STR_ARG(u->packages[i].line->package));
	return 0;
}
