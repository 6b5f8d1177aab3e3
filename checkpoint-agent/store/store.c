/*
 * store - the operations that clients may ask for.
 *
 * Every name is looked up in the catalogue before it is opened or removed, so
 * no other file can be reached, and no archive of another container.
 */
#include "checkpoint-agent/store/store.h"

#include "checkpoint-agent/store/archive_name.h"
#include "checkpoint-agent/store/beside.h"
#include "checkpoint-agent/store/owner.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void put_item(struct json_out *o, const struct catalogue_item *i)
{
	char time[32];
	struct buf b = buf_fixed(time, sizeof(time));

	archive_name_put_time(&b, i->time_s);
	json_map(o, NULL);
	json_text(o, "name", i->file);
	if (i->owner.n) {
		json_str(o, "namespace", owner_name(i->owner, OWNER_NAMESPACE));
		json_str(o, "pod", owner_name(i->owner, OWNER_POD));
		json_str(o, "container", owner_name(i->owner, OWNER_CONTAINER));
	}
	json_str(o, "time", buf_view(&b));
	json_whole(o, "bytes", (int64_t)i->bytes);
	json_truth(
		o, "encrypted", str_has_suffix(str_of(i->file), STR(".age")));
	json_map_end(o);
}

int store_list(int dir, const struct catalogue_filter *f, struct buf *out,
	struct err *e)
{
	AUTO_CATALOGUE struct catalogue c = catalogue_of(dir);
	struct json_out o = json_out(out, 0);

	if (catalogue_read(&c, e) < 0)
		return -1;
	json_map(&o, NULL);
	json_list(&o, "items");
	for (size_t i = 0; i < c.n; i++)
		if (catalogue_matches(&c.item[i], f))
			put_item(&o, &c.item[i]);
	json_list_end(&o);
	json_map_end(&o);
	return out->full ? err_kind(e, ERR_LIMIT, "list of archives: too long")
			 : 0;
}

/* "a.tar.sha256" belongs to a.tar. */
static struct str archive_of(const char *name)
{
	const struct str suffix = STR(BESIDE_SHA256);
	struct str s = str_of(name);

	return str_has_suffix(s, suffix) ? str_sub(s, 0, s.n - suffix.n) : s;
}

int store_open(int dir, const struct catalogue_filter *f, const char *name,
	struct store_file *out, struct err *e)
{
	AUTO_CATALOGUE struct catalogue c = catalogue_of(dir);
	AUTO_FD int fd = -1;
	const char *archive = arena_copy(&c.arena, archive_of(name));
	struct catalogue_item i;
	struct stat st;

	if (!archive || catalogue_find(&c, f, archive, &i, e) < 0)
		return err_kind(e, ERR_ABSENT, "no archive %s", name);
	if (regular_open_at(dir, name, &fd, e) < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s", name);
	*out = (struct store_file){.bytes = (uint64_t)st.st_size,
		.changed_ns = catalogue_changed_ns(&st)};
	out->fd = fd_take(&fd);
	return 0;
}

int store_remove(int dir, const struct catalogue_filter *f, const char *name,
	struct err *e)
{
	AUTO_CATALOGUE struct catalogue c = catalogue_of(dir);
	struct catalogue_item i;

	if (catalogue_find(&c, f, name, &i, e) < 0)
		return -1;
	if (unlinkat(dir, name, 0) < 0)
		return err_sys(e, "remove %s", name);
	beside_remove_all(dir, name);
	return 0;
}
