/*
 * class - the arithmetic of slots.
 *
 * Above CLASS_EXACT, slots are multiples of a step that doubles with every
 * power of two: 18, 20, ... 32, 36, 40, ... 64, 72 and so on.
 */
#include "kube-proxy-mini/ruleset/class.h"

#define FIRST_STEP (CLASS_EXACT / 8)

/* The distance between neighbouring slots around n, which is not exact. */
static uint32_t step_at(uint32_t n)
{
	uint32_t step = FIRST_STEP;

	while (n > step * 16)
		step *= 2;
	return step;
}

uint32_t class_slots_for(uint32_t n)
{
	uint32_t step;

	if (n <= CLASS_EXACT)
		return n;
	step = step_at(n);
	n = (n + step - 1) / step * step;
	return n < CLASS_SLOTS_MAX ? n : CLASS_SLOTS_MAX - 1;
}

uint32_t class_fewest(uint32_t slots)
{
	return slots <= CLASS_EXACT ? slots : slots - step_at(slots) + 1;
}

uint32_t class_make(uint32_t slots, uint32_t timeout, bool is_outside)
{
	return slots | timeout << 16 | (is_outside ? CLASS_OUTSIDE : 0);
}

uint32_t class_slots(uint32_t class)
{
	return class & 0xffff;
}

uint32_t class_timeout(uint32_t class)
{
	return (class & ~CLASS_OUTSIDE) >> 16;
}

bool class_is_outside(uint32_t class)
{
	return class & CLASS_OUTSIDE;
}

bool class_has_chain(uint32_t class)
{
	uint32_t slots = class_slots(class);

	return slots != CLASS_REJECT && slots != CLASS_DROP;
}

uint32_t class_neighbour(uint32_t class, bool is_larger)
{
	uint32_t slots = class_slots(class), rest = class & 0xffff0000u;
	uint32_t next = is_larger ? class_slots_for(slots + 1)
				  : class_slots_for(class_fewest(slots) - 1);

	return next ? rest | next : class;
}
