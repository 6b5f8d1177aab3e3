/* flat_tar - each entry is written as it is read. */
#include "images/export/flat_tar.h"

#include "images/read/listing_layer.h"
#include "lib/arc/tar.h"

#define FLAT_NAMES_BYTES ((size_t)256 << 20)

static int copy_entry(void *self, const struct tar_entry *t, struct err *e)
{
	return t->path.n > 0 ? tar_add(self, t, e) : 0;
}

static int copy_data(void *self, const void *bytes, size_t n, struct err *e)
{
	return tar_data(self, bytes, n, e);
}

int flat_tar_write(
	const struct view *v, int *fd, char hex[SHA256_HEX + 1], struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(FLAT_NAMES_BYTES);
	AUTO_LISTING struct listing all = {0};
	struct sink_meter m;
	struct tar w;
	const struct tar_visitor visitor = {copy_entry, copy_data, &w};

	if (listing_layer(v, &a, &all, e) < 0)
		return -1;
	sink_meter_start(&m, sink_fd(fd));
	w = tar_start(sink_meter(&m));
	if (view_layer(v, &visitor, e) < 0 || tar_end(&w, e) < 0)
		return -1;
	sink_meter_hex(&m, hex);
	return 0;
}
