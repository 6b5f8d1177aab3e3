# tests.mk - everything `make check` is made of; each part is a target of its
# own.  Included by the top Makefile; paths are from the project root.
#
#   make unit    unit tests with gcc          make asan   the same, sanitizers
#   make lint    static checks                make fuzz   fuzzers, seconds each
#   make lab     the Debian tree of peers     make e2e    images and real peers
#   make check   all of it, in order, with a tally at the end
#
# T=word limits unit, asan, fuzz and e2e to the tests whose path holds it.

T            ?=
FUZZ_SECONDS ?= 5

include tests/host.mk

# ---- unit tests and fuzzers -------------------------------------------------
# What builds is run even when something else does not; the stage then fails.
.PHONY: unit asan fuzz unit-programs asan-programs fuzz-programs

UNIT_PROGRAMS := $(call host-chosen,$(call host-tests,gcc))
ASAN_PROGRAMS := $(call host-chosen,$(call host-tests,asan))
FUZZ_PROGRAMS := $(call host-chosen,$(HOST_FUZZ:%.c=$(HOST)/fuzz/%))

unit-programs: $(UNIT_PROGRAMS)
asan-programs: $(ASAN_PROGRAMS)
fuzz-programs: $(FUZZ_PROGRAMS)

unit:
	@built=0; $(MAKE) --no-print-directory -k unit-programs || built=$$?; \
		tests/tally unit $(UNIT_PROGRAMS) && exit $$built

asan:
	@built=0; $(MAKE) --no-print-directory -k asan-programs || built=$$?; \
		tests/tally asan $(ASAN_PROGRAMS) && exit $$built

fuzz:
	@built=0; $(MAKE) --no-print-directory -k fuzz-programs || built=$$?; \
		FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz $(FUZZ_PROGRAMS) && \
		exit $$built

# ---- static checks ----------------------------------------------------------
.PHONY: lint lint-objects-gcc lint-objects-asan

lint:
	@TEST_LIMIT_S=900 tests/tally lint tests/lint/*

$(foreach v,gcc asan,$(eval lint-objects-$v: \
	$(patsubst %.c,$(HOST)/$v/%.o,$(HOST_CODE) $(HOST_MAIN))))

# ---- the lab and what runs in it --------------------------------------------
.PHONY: tests-needs lab test-programs e2e check

tests-needs:
	@tests/needs

lab: tests-needs
	@tests/lab/make trixie
	@tests/lab/make sid
	@tests/lab/make vm
	@tests/lab/apiserver

TEST_PROGRAMS := $(patsubst %,build/test/bin/%,counter crowd heir answer ask \
	keeper ticker odd churner)

test-programs: $(TEST_PROGRAMS)
$(TEST_PROGRAMS): build/test/bin/%: tests/programs/%.c \
		tests/programs/peer.c tests/programs/peer.h
	@mkdir -p $(@D)
	@gcc -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Os -pthread \
		-static -o $@ $< tests/programs/peer.c

# What drives the proxy's ruleset without an API server, and its traffic.
RULES_PROGRAMS := $(patsubst %,build/test/bin/rules-%,driver measure sctp \
	traffic)

test-programs: $(RULES_PROGRAMS)
$(RULES_PROGRAMS): build/test/bin/rules-%: \
		$(HOST)/gcc/kube-proxy-mini/test/%.o \
		$(HOST)/gcc/kube-proxy-mini.a $(HOST)/gcc/lib/base.a
	@mkdir -p $(@D)
	@gcc -static -o $@ $< -Wl,--start-group $(filter %.a,$^) \
		-Wl,--end-group

# A kubelet's part in the Container Runtime Interface.
test-programs: build/test/bin/criclient
build/test/bin/criclient: $(HOST)/gcc/checkpoint-agent/test/criclient.o \
		$(HOST)/gcc/checkpoint-agent.a $(HOST)/gcc/lib/net.a \
		$(HOST)/gcc/lib/base.a
	@mkdir -p $(@D)
	@gcc -static -o $@ $< -Wl,--start-group $(filter %.a,$^) \
		$(HOST_SYSROOT_LIBS) -Wl,--end-group

e2e: lab test-programs
	@tests/e2e/run $(T)

check:
	@+tests/check

# ---- benchmarks: us and the peer in one run, ratios in build/bench/ ---------
# The peer of bench-proxy is what KUBE_PROXY names; bench-proxy-old builds one.
.PHONY: bench-checkpoint bench-proxy bench-proxy-old

bench-checkpoint: lab test-programs
	@bench/run checkpoint

bench-proxy: programs lab test-programs
	@bench/run proxy

bench-proxy-old: programs lab test-programs
	@tests/lab/kube-proxy
	@SIZES='$(or $(SIZES),1000:1 1000:10)' KUBE_PROXY_MODE=iptables \
		KUBE_PROXY=build/lab/kube-proxy/kube-proxy bench/run proxy
