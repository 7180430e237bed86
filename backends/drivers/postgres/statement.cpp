#include "backends/drivers/postgres/statement.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace queuetrace {
namespace {

class PostgresResult : public SqlResult {
 public:
  explicit PostgresResult(pqxx::result result)
      : result_(std::move(result)), columns_(static_cast<std::size_t>(result_.columns())) {}

  std::size_t rows() const override { return static_cast<std::size_t>(result_.size()); }
  std::size_t columns() const override { return columns_; }
  std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override {
    using Row = pqxx::result::size_type;
    using Column = pqxx::row::size_type;
    if (!row_ || row != row_number_) {
      row_.emplace(result_[static_cast<Row>(row)]);
      row_number_ = row;
    }
    const pqxx::field field = (*row_)[static_cast<Column>(column)];
    if (field.is_null()) return std::nullopt;
    return std::string_view(field.c_str(), field.size());
  }

 private:
  pqxx::result result_;
  std::size_t columns_;
  mutable std::optional<pqxx::row> row_;  ///< the row last asked for; making one costs more than a cell
  mutable std::size_t row_number_ = 0;
};

pqxx::result send(pqxx::nontransaction& session, const SqlStatement& statement) {
#if PQXX_VERSION_MAJOR < 7
  std::vector<const char*> values;
  for (const auto& value : statement.parameters) values.push_back(value ? value->c_str() : nullptr);
  return session.exec_params(statement.text, pqxx::prepare::make_dynamic_params(values));
#else
  pqxx::params values;
  for (const auto& value : statement.parameters) values.append(value);
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
  return session.exec(pqxx::zview(statement.text), values);
#else
  return session.exec_params(pqxx::zview(statement.text), values);
#endif
#endif
}

}  // namespace

std::unique_ptr<SqlResult> run_statement(pqxx::nontransaction& session, const SqlStatement& statement) {
  return std::make_unique<PostgresResult>(send(session, statement));
}

}  // namespace queuetrace
