/* fresh: any text as an index, as a changelog with two series and as a file of
   branches; every offer makes a line that the lock takes. */
#include "images/fresh/life.h"
#include "images/fresh/news.h"
#include "images/fresh/offer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str wanted = {"z", 1};

static void check_index(struct str text, bool is_binary)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	struct offers o = {.arena = &a, .wanted = &wanted, .n_wanted = 1};
	const struct offer_index index = {text, "trixie", is_binary};
	const struct offer_pin pin = {STR("trixie"), STR("MIT"), LOCK_ROOTFS};
	struct err e;

	if (offers_read(&o, &index, &e) < 0)
		return;
	for (size_t i = 0; i < o.n; i++) {
		AUTO_BUF struct buf b = buf_growing(1 << 16);
		struct lock_line line;

		offer_line(&o.list[i], &pin, &b);
		if (lock_line_parse(buf_view(&b), &line, &e) < 0)
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	struct news n = {.arena = &a};
	struct life_branches b;
	struct err e;

	check_index(text, false);
	check_index(text, true);
	if (news_changelog(&n, text, STR("1-2"), &e) == 0)
		news_series(&n, str_sub(text, 0, size / 2),
			str_sub(text, size / 2, size), &e);
	news_date(text, STR("1-2"));
	life_parse(text, &a, &b, &e);
	return 0;
}
