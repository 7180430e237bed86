// Names and messages that are hard to cut: wide, combining, from right to left, of no width, long, alike.
#pragma once

#include <string>
#include <vector>

namespace queuetrace::testing {

inline std::vector<std::string> hard_texts() {
  return {
      "email",
      "customer-data-platform.profile-enrichment.eu-west-1",
      "customer-data-platform.profile-enrichment.us-east-1",
      "customer-data-platform.address-enrichment.us-east-1",
      "注文処理と在庫の引き当てと配送の手配と請求書の送付",
      "отчёты за последний квартал прошлого года и позапрошлого",
      "طابور الرسائل الإلكترونية المهمة جدا للعملاء في الخليج",
      "תור ההודעות החשובות מאוד של הלקוחות שלנו בצפון הארץ",
      "กำลังประมวลผลคำสั่งซื้อของลูกค้าทั้งหมดในระบบ",
      "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301",
      "👩\u200d👩\u200d👧\u200d👦👩\u200d👩\u200d👧\u200d👦👩\u200d👩\u200d👧\u200d👦",
      "\x1b[2J\x07\xff\xfe\n\t",
      std::string(300, 'x'),
      R"({"code":"card_declined","decline_code":"insufficient_funds","message":"Your card has insufficient funds."})",
      "no answer of https://" + std::string(90, 'h') +
          "/注文処理と在庫の引き当てと配送の手配?q='a b': \"503 Service Unavailable\"",
      "m\u0430il",
      "",
  };
}

}  // namespace queuetrace::testing
