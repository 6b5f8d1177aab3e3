/* Any bytes as cgroup.img of an archive: what remains names no other cgroup. */
#include "checkpoint-agent/restore/cgroup_image.h"

#include <stdlib.h>

#define OUT_MAX ((size_t)16 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct cgroup_image_node node = {
		STR("3:cpu,cpuacct:/\n1:name=systemd:/\n0::/\n"), STR("again")};
	AUTO_BUF struct buf once = buf_growing(OUT_MAX);
	AUTO_BUF struct buf twice = buf_growing(OUT_MAX);

	if (cgroup_image_tame((struct str){(const char *)bytes, n}, &node,
		    &once, NULL) < 0)
		return 0;
	/* it is an image, and there is nothing left to be taken out of it */
	if (cgroup_image_tame(buf_view(&once), &node, &twice, NULL) < 0 ||
		!str_eq(buf_view(&once), buf_view(&twice)))
		abort();
	return 0;
}
