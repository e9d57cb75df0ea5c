# run, test and bench install what is missing, build, and go.  DEVELOPERS.md says how they behave.

BUILD = build
MESON_FLAGS = --werror -Dgui=enabled

# What a build needs, what the tests need beside it, and what the benchmarks compare with.
BUILD_PACKAGES = build-essential meson ninja-build pkg-config git ca-certificates libgtk-4-dev libopenblas-dev \
  libjson-glib-dev libglib2.0-dev libpng-dev libwebp-dev libgif-dev adwaita-icon-theme librsvg2-common fonts-cantarell \
  fonts-dejavu-core dataset-fashion-mnist
TEST_PACKAGES = $(BUILD_PACKAGES) libopenmpi-dev openmpi-bin xvfb xauth xdotool dbus-daemon python3 desktop-file-utils appstream libxml2-utils \
  poppler-utils librsvg2-bin imagemagick webp
BENCH_PACKAGES = $(BUILD_PACKAGES) python3-torch python3-numpy
CHECK_PACKAGES = $(TEST_PACKAGES) valgrind gcovr libc6-dbg

# Under sudo only the installation is done as root: the build and the program belong to the one who called.
AS_USER = $(if $(SUDO_USER),$(if $(filter 0,$(shell id -u)),sudo -u $(SUDO_USER) \
  --preserve-env=DISPLAY,WAYLAND_DISPLAY,XAUTHORITY,XDG_RUNTIME_DIR,DBUS_SESSION_BUS_ADDRESS,CI --))

# Only what was asked for is installed, and before the configuration, which must see the libraries.
.NOTPARALLEL:
.PHONY: all run test bench check-valgrind check-sanitizers check-threads check-windows coverage clean build-packages test-packages \
  bench-packages check-packages

all: $(BUILD)/build.ninja
	$(AS_USER) ninja -C $(BUILD)

run: build-packages all
	@$(AS_USER) sh .ci/open $(BUILD)

# Three builds: the program itself, the same under the sanitizers, and one without GTK.
test: test-packages $(BUILD)/build.ninja
	$(AS_USER) sh .ci/test $(BUILD)

bench: bench-packages all
	$(AS_USER) python3 tests/benchmarks/compare.py $(BUILD)

check-valgrind: check-packages all
	$(AS_USER) meson test -C $(BUILD) --setup=valgrind --print-errorlogs

check-sanitizers: test-packages
	$(AS_USER) sh .ci/sanitizers $(BUILD)-sanitizers

check-windows: test-packages
	$(AS_USER) sh .ci/windows $(BUILD)-windows

check-threads: test-packages
	$(AS_USER) sh .ci/threads $(BUILD)-threads

coverage: check-packages
	$(AS_USER) sh .ci/coverage $(BUILD)-coverage

$(BUILD)/build.ninja:
	$(AS_USER) meson setup $(BUILD) $(MESON_FLAGS)

build-packages:
	@sh .ci/install $(BUILD_PACKAGES)
test-packages:
	@sh .ci/install $(TEST_PACKAGES)
bench-packages:
	@sh .ci/install $(BENCH_PACKAGES)
check-packages:
	@sh .ci/install $(CHECK_PACKAGES)

clean:
	rm -rf $(BUILD) $(BUILD)-sanitizers $(BUILD)-threads $(BUILD)-windows $(BUILD)-nogui $(BUILD)-mpi $(BUILD)-coverage
