/* Images of a foreign archive as anything at all. */
#include "checkpoint-agent/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void message(struct str m)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));
	struct image_area area;
	uint32_t inode;

	image_process(m);
	image_command(m);
	image_files_id(m);
	image_fd(m);
	image_fs_root(m);
	image_file_mode(m);
	image_pages_id(m);
	image_pages(m);
	image_memfd(m);
	image_file_memfd(m, &inode);
	while (image_next_area(&m, &area) == 1)
		;
	image_file_id(m);
	image_put_file(&b, m);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = {(const char *)bytes, n}, m;
	enum image_kind kind;
	uint32_t number;

	image_of_name(in, &kind, &number);
	image_closes_tcp(in);
	message(in);
	for (int i = 0; i < IMAGE_KINDS; i++) {
		struct str rest = in;

		if (image_open(&rest, (enum image_kind)i, NULL) < 0)
			continue;
		while (image_next(&rest, &m, NULL) == 1)
			message(m);
	}
	return 0;
}
