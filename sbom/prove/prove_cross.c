/*
 * prove_cross - by the path alone.
 */
#include "sbom/prove/prove_cross.h"

#include "lib/base/buf.h"

enum { CROSS_PATH_BYTES = 512 };

/* TRIPLET of a path below gcc-cross; empty for any other. */
static struct str cross_triplet(struct str path)
{
	const struct str in = STR("/usr/lib/gcc-cross/");

	if (!str_has_prefix(path, in))
		return STR("");
	path = str_sub(path, in.n, path.n);
	return str_sub(path, 0, str_find(path, '/'));
}

static const char *cross_join(const char *before, struct str triplet,
	const char *behind, struct arena *a)
{
	char path[CROSS_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_fmt(&b, "%s%.*s%s", before, STR_ARG(triplet), behind);
	return b.full ? NULL : arena_copy(a, buf_view(&b));
}

const char *prove_cross_linker(struct str collect2, struct arena *a)
{
	struct str triplet = cross_triplet(collect2);

	return triplet.n ? cross_join("/usr/bin/", triplet, "-ld", a)
			 : "/usr/bin/ld";
}

const char *prove_cross_bin(struct str dir, struct arena *a)
{
	struct str triplet = cross_triplet(dir);

	return triplet.n ? cross_join("/usr/", triplet, "/bin", a) : "";
}
