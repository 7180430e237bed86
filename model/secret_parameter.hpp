// Parameters of connection texts whose values are secrets.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// `%41` and the like as the bytes they mean; a `%` that no two hex digits follow stays as it is.
std::string percent_decoded(std::string_view text);

/// Whether a parameter of this name, percent-encoded or not, holds a secret: `password`, `sentinel_password`, `_key`.
bool is_secret_parameter(std::string_view name);

/// A text with the value of such a parameter, and all that follows it, as `***`: where the value ends is not known in
/// the texts of other programs (`Host=h;Password=p`, `h:6379,password=p`). Values that are `***` stay as they are.
std::string with_hidden_parameters(std::string_view text);

}  // namespace queuetrace
