/*
 * stay - by the names that members have, and the places that libarchive tells.
 */
#include "checkpoint-agent/restore/stay.h"

#include "checkpoint-agent/restore/place.h"
#include "checkpoint-agent/tar/members.h"

#include <string.h>

#define PAGES  "/pages-"
#define SUFFIX ".img"

/* "checkpoint/pages-1.img" -> "1"; empty: it has another name. */
static struct str pages_number(struct str path, const char *dir)
{
	const struct str none = {NULL, 0}, suffix = STR(SUFFIX);
	const size_t head = strlen(dir) + sizeof(PAGES) - 1;
	uint64_t number;

	if (!str_has_prefix(path, str_of(dir)) ||
		!str_has_prefix(
			str_sub(path, strlen(dir), path.n), STR(PAGES)) ||
		!str_has_suffix(path, suffix) || path.n < head + suffix.n)
		return none;
	path = str_sub(path, head, path.n - head - suffix.n);
	return str_u64(path, 0, UINT32_MAX, &number) < 0 ? none : path;
}

bool stay_is_pages(struct str path)
{
	return pages_number(path, MEMBER_IMAGES).n ||
	       pages_number(path, MEMBER_PREDUMP).n;
}

void stay_take_pages(struct stay *s, const struct tarfile_piece *p,
	struct buf *name, struct buf *line)
{
	struct str path = str_of(p->path);
	bool is_predump = pages_number(path, MEMBER_PREDUMP).n > 0;

	path.n -= sizeof(SUFFIX) - 1;
	buf_fmt(name, "%.*s.at", STR_ARG(path));
	buf_fmt(line, "%llu " PLACE_LENT "\n",
		(unsigned long long)(s->base + p->at));
	if (is_predump)
		s->has_predump = true;
	else
		s->has_pages = true;
}

bool stay_take_tar(struct stay *s, const struct tarfile_piece *p)
{
	const struct stay_part part = {s->base + p->at, p->size};

	if (strcmp(p->path, MEMBER_CHANGES) == 0)
		s->changes = part;
	else if (strcmp(p->path, MEMBER_SHM) == 0)
		s->shm = part;
	else
		return false;
	return true;
}

const struct stay_part *stay_find(const struct stay *s, const char *member)
{
	const struct stay_part *part = NULL;

	if (strcmp(member, MEMBER_CHANGES) == 0)
		part = &s->changes;
	else if (strcmp(member, MEMBER_SHM) == 0)
		part = &s->shm;
	return part && part->size ? part : NULL;
}
