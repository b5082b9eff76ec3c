"""The domain: what 沪商规〔2024〕19号, measure 5 and its annexes, say about the export quota.

Pure: no clock, no randomness, no input or output; the standard library and pydantic alone.

Glossary, in the order in which a unit of quota travels:

- 二手车出口企业 *exporter* (E), 上游关联企业 *upstream* partner (U); the two form a *pair*.
- 承诺书 *commitment letter* (annex 1), 申请书 *application for the total*, 核定总量 *grant*.
- 申请表 *use application* (annex 2): a *batch* of *lines*, one car each; 核定使用 *approval* of its use.
- 使用数量 *usage number*, what 市交通委 is sent; 额度属性分类 *classification* of quota attributes.
- 注册登记 *registration*, without a physical plate; 抄告 *copy of the registration* to 市商务委.
- 转让待出口 *pending-export transfer*, U to E, within 15 days; its *proof* is submitted and 核收 *accepted*.
- 放行/结关 *customs release*; 注销登记 *deregistration*.
- 暂停 *suspension* and 恢复 *reinstatement* of an enterprise.

A *statement* is what an agency signs. It is a *decision* (refused when a rule forbids it) or a *fact*
(accepted when well-formed, flagged when it breaks a rule). ``decide`` judges, ``fold`` draws
the consequences.
"""
