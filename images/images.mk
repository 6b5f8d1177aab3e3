# images.mk - build images from their definitions.  Included by the top Makefile;
# paths are relative to the project root.
#
#   make images       everything: sources, programs, images, the table
#   make images-only  the images alone, from programs already built
#   make reproduce    build once more under perturbation, and compare
#   make deb          a Debian package of keelson, in build/
#   make release VERSION= KEY=   a directory with all that is published
#   make relink       kits that link programs again with a changed library
#   make prove        rebuild each program from what its evidence names alone
#
# ARCHS="amd64 arm64" builds for these processors (static-build/build.mk): amd64
# into dist/, another into dist/ARCH/, and of several one index into dist/multi/.
#
# An image is built again when its definition, a pick, a program, a skeleton
# file, the evidence behind its SBOM or the keelson command has changed.

# This machine's own, and where images of this architecture go.
KEELSON_B   := $(call static-arch,BUILD,$(STATIC_NATIVE))
KEELSON     := $(KEELSON_B)/bin/keelson
D           := $(if $(filter amd64,$(STATIC_ARCH)),dist,dist/$(STATIC_ARCH))
IMAGE_NAMES := $(sort $(patsubst images/%.yaml,%,$(wildcard images/*.yaml)))

# Packages that images pick files from, unpacked under the names of their .debs.
PICK_DEBS := $(shell awk '$$7 == "rootfs" { sub(/.*\//, "", $$4); print $$4 }' \
	static-build/sources.lock)
PICK_DIRS := $(PICK_DEBS:%.deb=build/work/packages/%)

# Images with programs: what patches of their sources name is stated of them.
VEX_NAMES := $(sort $(patsubst images/%.yaml,%,\
	$(shell grep -l '^programs:' images/*.yaml)))

.PHONY: images images-only images-multi prove relink reproduce deb release

# The second make sees the files that the first one built.
images: programs
	@for arch in $(ARCHS); do \
		$(MAKE) --no-print-directory ARCH=$$arch images-only; done
	@$(if $(word 2,$(ARCHS)),$(MAKE) --no-print-directory images-multi,:)

images-only: $(foreach i,$(IMAGE_NAMES),\
		$D/$i/index.json $D/$i.tar $D/$i.spdx.json) \
		$(VEX_NAMES:%=$D/%.openvex.json) \
		$(IMAGE_NAMES:%=$D/%.provenance.json)
	@$(KEELSON) image list $D
	@echo "  compiled by $$($(STATIC_CROSS)gcc --version | head -n 1): digests follow it"

images-multi: $(IMAGE_NAMES:%=dist/multi/%/index.json)

# keelson itself is what runs; it would prove no more about itself.
prove: programs
	@SOURCE_DATE_EPOCH=$(STATIC_EPOCH) $(KEELSON) prove $B/bin/pause \
		$B/bin/kube-proxy-mini $B/bin/checkpoint-agent \
		$B/bin/criu

# Only where a licence asks for it; such as the LGPL of a static library.
relink: programs
	@for p in $B/bin/pause $B/bin/kube-proxy-mini \
			$B/bin/checkpoint-agent $B/bin/criu; do \
		! $(KEELSON) licences --json $$p | grep -q '"relink"' || \
			$(KEELSON) relink -o $D/$${p##*/}.relink $$p; done

# REPRODUCE has more options: --without NAME, --work DIR.
REPRODUCTION := build/reproduction.json
reproduce: images
	@$(KEELSON) reproduce $(REPRODUCE) --output $(REPRODUCTION)

# Prints its name.
deb: programs
	@images/release/deb $(KEELSON) build

# KEY is a private key, PASSPHRASE_FILE opens it; docs/release.md.
RELEASE_DIR ?= build/release/$(VERSION)
release:
	@[ -n '$(KEY)' ] || { echo 'make release: say KEY=FILE' >&2; exit 1; }
	@images/release/make check '$(VERSION)'
	@$(MAKE) --no-print-directory reproduce
	@deb=$$(images/release/deb $(KEELSON) build) && \
		RELEASE_EXTRA="build/$$deb $(RELEASE_EXTRA)" \
		KEELSON=$(CURDIR)/$(KEELSON) REPRODUCTION=$(REPRODUCTION) \
		images/release/make '$(RELEASE_DIR)' '$(VERSION)' '$(KEY)' \
		$(PASSPHRASE_FILE)
	@echo '  release in $(RELEASE_DIR)'

build/work/packages/%: build/sources/%.deb
	@mkdir -p $(@D)
	@rm -rf $(@D)/$(firstword $(subst _, ,$*))_*
	@dpkg-deb --extract $< $@.partial
	@touch $@.partial && mv $@.partial $@

$D/%/index.json $D/%.tar $D/%.spdx.json: images/%.yaml $(KEELSON) \
		$(wildcard rootfs/pick/*.yaml $B/evidence/*/*.jsonl) \
		static-build/sources.lock $(wildcard LICENSE) | $(PICK_DIRS)
	@mkdir -p $B/stamp
	@built=$$($(KEELSON) image build --arch $(STATIC_ARCH) \
		--depfile $B/stamp/image-$*.d $<) && \
		printf '  IMAGE %-17s %s %5s s\n' $$built

$D/%.openvex.json: $D/%/index.json $(KEELSON)
	@$(KEELSON) vex --format openvex --output $@ $D/$*

$D/%.provenance.json: $D/%/index.json $(KEELSON) \
		$(wildcard $B/evidence/toolchain.jsonl)
	@$(KEELSON) provenance --output $@ $D/$*

# One index of what ARCHS names, in that order.
images-of = $(foreach a,$(ARCHS),$(if $(filter amd64,$a),dist,dist/$a)/$1)
define images-multi
dist/multi/$1/index.json: $(addsuffix /index.json,$(call images-of,$1))
	@mkdir -p dist/multi
	@$$(KEELSON) image join --output dist/multi/$1 $(call images-of,$1)
endef
$(foreach i,$(IMAGE_NAMES),$(eval $(call images-multi,$i)))

# keelson renames complete outputs into place, so make must not delete one when
# it is interrupted.
.PRECIOUS: $D/%/index.json $D/%.tar $D/%.spdx.json \
	$D/%.openvex.json $D/%.provenance.json build/work/packages/%

-include $(IMAGE_NAMES:%=$B/stamp/image-%.d)
