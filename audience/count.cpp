#include "audience/count.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace earmark::audience {
namespace {

using Interval = std::pair<std::uint64_t, std::uint64_t>;  // [first, end)

/// Spreads 64 bits (Steele, Lea, Flood 2014, "SplitMix"): the keyed address is random already, the pair of
/// address and agent becomes so.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

std::uint32_t day_of(std::uint32_t time_s) {
  return static_cast<std::uint32_t>(time_s / static_cast<std::uint32_t>(kDaySeconds));
}

/// What one listener got of one episode in one window.
struct Visit {
  bool whole = false;
  std::uint64_t unplaced = 0;
  std::vector<Interval> sent;

  void clear() {
    whole = false;
    unplaced = 0;
    sent.clear();
  }
  void add(const Request& request, std::uint64_t file_bytes) {
    whole |= (request.flags & Request::kWhole) != 0;
    if ((request.flags & Request::kUnplaced) != 0) {
      unplaced += request.bytes;
    } else {
      const std::uint64_t end = request.start + request.bytes;
      const std::uint64_t last = file_bytes > 0 ? std::min(end, file_bytes) : end;
      if (request.start < last) sent.emplace_back(request.start, last);
    }
  }
  /// Makes the intervals disjoint and ordered; the bytes in them.
  std::uint64_t unite() {
    if (sent.size() > 1) {
      std::sort(sent.begin(), sent.end());
      std::size_t last = 0;
      for (std::size_t i = 1; i < sent.size(); ++i) {
        if (sent[i].first <= sent[last].second) {
          sent[last].second = std::max(sent[last].second, sent[i].second);
        } else {
          sent[++last] = sent[i];
        }
      }
      sent.resize(last + 1);
    }
    std::uint64_t bytes = 0;
    for (const auto& [first, end] : sent) bytes += end - first;
    return bytes;
  }
  [[nodiscard]] std::uint64_t within(std::uint64_t first, std::uint64_t end) const {
    std::uint64_t bytes = 0;
    for (const auto& [from, to] : sent) {
      const std::uint64_t a = std::max(from, first);
      const std::uint64_t b = std::min(to, end);
      if (a < b) bytes += b - a;
    }
    return bytes;
  }
};

/// Counts the requests of one address, whose volume can be judged at its end.
class AddressCounter {
 public:
  AddressCounter(const CountInput& input, Window window, CountOutput& out)
      : input_(input), window_(window), out_(out) {
    for (std::uint32_t i = 0; i < input.stretches.size(); ++i) {
      by_asset_.emplace(input.stretches[i].asset, i);
    }
  }

  void add_address(std::span<const Request> requests) {
    const std::size_t first_download = out_.downloads.size();
    const std::size_t first_delivery = out_.deliveries.size();
    bool safe = false;
    for (std::size_t at = 0; at < requests.size();) {
      std::size_t end = at;
      while (end < requests.size() && same_visit(requests[at], requests[end])) ++end;
      const auto group = requests.subspan(at, end - at);
      for (const Request& request : group) safe |= (request.flags & Request::kSafe) != 0;
      add_group(group);
      at = end;
    }
    if (input_.volume_limit > 0 && !safe) limit_volume(first_download, first_delivery);
  }

  void finish() {
    for (const auto& [key, requests] : dropped_)
      out_.dropped.push_back({key.first, static_cast<Drop>(key.second), requests});
  }

 private:
  static bool same_visit(const Request& a, const Request& b) {
    return a.asset == b.asset && a.agent == b.agent;
  }

  /// The requests of one listener for one episode, in the order of time.
  void add_group(std::span<const Request> group) {
    const AgentFacts& agent = input_.agents[group.front().agent];
    if (agent.drop) {
      for (const Request& request : group)
        ++dropped_[{day_of(request.time_s), static_cast<std::uint8_t>(*agent.drop)}];
      return;
    }
    std::size_t at = 0;
    while (at < group.size()) {
      std::size_t end = at + 1;
      while (end < group.size() && !is_past(group[at], group[end - 1], group[end])) ++end;
      add_visit(group.subspan(at, end - at));
      at = end;
    }
  }

  /// Whether `next` is outside of the window that began with `first` and whose last request is `previous`.
  [[nodiscard]] bool is_past(const Request& first, const Request& previous, const Request& next) const {
    switch (window_) {
      case Window::kCalendarDay: return day_of(next.time_s) != day_of(first.time_s);
      case Window::kFirstTouch: return next.time_s - first.time_s >= kDaySeconds;
      case Window::kLastTouch: return next.time_s - previous.time_s >= kDaySeconds;
    }
    return true;
  }

  void add_visit(std::span<const Request> requests) {
    const Request& first = requests.front();
    const FileFacts& file = input_.files[first.asset];
    visit_.clear();
    for (const Request& request : requests) visit_.add(request, file.bytes);
    std::uint64_t bytes = visit_.unite() + visit_.unplaced;
    if (file.bytes > 0) bytes = std::min(bytes, file.bytes);
    if (!visit_.whole) {
      const auto threshold = file.threshold();
      if (!threshold) ++out_.undecided;
      if (!threshold || bytes < *threshold) return;
    }
    const AgentFacts& agent = input_.agents[first.agent];
    const std::uint64_t listener = mixed(first.address ^ mixed(agent.hash));
    const std::uint32_t day = day_of(first.time_s);
    out_.downloads.push_back({first.asset, day, listener, agent.program, bytes});
    const auto [from, to] = by_asset_.equal_range(first.asset);
    for (auto it = from; it != to; ++it) {
      const Stretch& stretch = input_.stretches[it->second];
      const std::uint64_t got = visit_.within(stretch.first, stretch.end);
      if (got > 0)
        out_.deliveries.push_back({it->second, day, listener, got, got == stretch.end - stretch.first});
    }
  }

  /// Takes back the downloads of the days on which this address had too many.
  void limit_volume(std::size_t first_download, std::size_t first_delivery) {
    auto& downloads = out_.downloads;
    if (downloads.size() - first_download <= input_.volume_limit) return;
    std::map<std::uint32_t, std::uint64_t> of_day;
    for (std::size_t i = first_download; i < downloads.size(); ++i) ++of_day[downloads[i].day];
    const auto too_many = [&](std::uint32_t day) { return of_day[day] > input_.volume_limit; };
    for (const auto& [day, number] : of_day) {
      if (number > input_.volume_limit) dropped_[{day, static_cast<std::uint8_t>(Drop::kVolume)}] += number;
    }
    const auto from = downloads.begin() + static_cast<std::ptrdiff_t>(first_download);
    downloads.erase(std::remove_if(from, downloads.end(), [&](const Download& d) { return too_many(d.day); }),
                    downloads.end());
    const auto first = out_.deliveries.begin() + static_cast<std::ptrdiff_t>(first_delivery);
    out_.deliveries.erase(
        std::remove_if(first, out_.deliveries.end(), [&](const Delivery& d) { return too_many(d.day); }),
        out_.deliveries.end());
  }

  const CountInput& input_;
  Window window_;
  CountOutput& out_;
  Visit visit_;
  std::multimap<std::uint32_t, std::uint32_t> by_asset_;
  std::map<std::pair<std::uint32_t, std::uint8_t>, std::uint64_t> dropped_;
};

}  // namespace

std::string_view to_string(Window window) {
  switch (window) {
    case Window::kCalendarDay: return "calendar";
    case Window::kFirstTouch: return "first-touch";
    case Window::kLastTouch: return "last-touch";
  }
  return "calendar";
}

Result<Window> parse_window(std::string_view text) {
  for (const Window window : kWindows) {
    if (text == to_string(window)) return window;
  }
  return fail(ErrorCode::kInvalidArgument,
              "window '" + std::string(text) + "': there are calendar, first-touch, last-touch");
}

std::optional<std::uint64_t> FileFacts::threshold() const {
  if (minute_end > 0 && (bytes == 0 || minute_end <= bytes)) return minute_end;
  if (bytes > 0) return bytes;
  return std::nullopt;
}

CountOutput count(const CountInput& input, Window window) {
  CountOutput out;
  AddressCounter counter(input, window, out);
  const auto requests = input.requests;
  for (std::size_t at = 0; at < requests.size();) {
    std::size_t end = at + 1;
    while (end < requests.size() && requests[end].address == requests[at].address) ++end;
    counter.add_address(requests.subspan(at, end - at));
    at = end;
  }
  counter.finish();
  return out;
}

}  // namespace earmark::audience
